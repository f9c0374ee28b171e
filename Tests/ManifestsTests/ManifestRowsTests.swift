import Testing
import Video

@testable import Manifests

struct ManifestRowsTests {
  private let root = ClipRoot(folder: "/clips", root: nil)

  @Test func rowsComeBackAsTheyWentIn() {
    var rows = ManifestRows()
    let given = [
      ManifestRow(
        path: "ä.mp4", caption: "日本 \"x\"", label: "", start: 0, end: 2.5, split: "train",
        attributes: ["b": "", "a": "ü"]),
      ManifestRow(path: "/clips/b.mp4", caption: ""),
      ManifestRow(path: "c.mp4", caption: "c", label: "l", end: 1, split: "test", attributes: ["": "y"]),
      ManifestRow(path: "d.mp4", caption: "d", split: "train"),
    ]
    for row in given { rows.append(row) }
    #expect(rows.count == 4)
    for (index, row) in given.enumerated() {
      let path = index == 1 ? "/clips/b.mp4" : "/clips/\(row.path!)"
      let expected = ClipEntry(
        index: index, file: ClipFile(path: path, root: "/clips"), name: row.path!, caption: row.caption!,
        label: row.label,
        start: row.start, end: row.end, split: row.split, attributes: row.attributes)
      #expect(rows.entry(index, in: root) == expected)
      #expect(rows.caption(index) == row.caption)
      #expect(rows.label(index, from: .label) == row.label)
      for name in ["a", "b", "", "c"] {
        #expect(rows.label(index, from: .attribute(name)) == row.attributes[name])
      }
    }
  }

  @Test func membersComeBackWithTheirPlaces() {
    var rows = ManifestRows()
    for (archive, name, bytes) in [
      ("x/1.tar", "/a.mp4", 512..<600), ("x/1.tar", "b.mp4", 1024..<1024), ("2.tar", "a.mp4", 512..<513),
    ] {
      rows.append(
        ManifestRow(path: "\(archive)/\(name)", caption: "", member: .init(archive: archive, bytes: bytes)))
    }
    #expect(
      (0..<3).map { rows.entry($0, in: root).file } == [
        ClipFile(
          path: "/clips/x/1.tar", member: .init(name: "/a.mp4", offset: 512, count: 88), root: "/clips"),
        ClipFile(
          path: "/clips/x/1.tar", member: .init(name: "b.mp4", offset: 1024, count: 0), root: "/clips"),
        ClipFile(path: "/clips/2.tar", member: .init(name: "a.mp4", offset: 512, count: 1), root: "/clips"),
      ])
  }

  @Test(arguments: [
    ("playing_guitar", "playing guitar"), ("ApplyEyeMakeup", "apply eye makeup"), ("TaiChi", "tai chi"),
    ("washing_hands_", "washing hands"), ("drumming fingers", "drumming fingers"), ("HD", "hd"), ("", ""),
  ])
  func classesInWords(label: String, words: String) { #expect(ClipNames.words(label) == words) }
}
