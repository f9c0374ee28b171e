import Foundation
import TestClips
import Testing
import Video

@testable import Manifests

struct ManifestTests {
  let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    for name in ["a.mp4", "b, c.mp4", "deep/d.mp4"] { try folder.write(name) }
  }

  private func load(_ name: String, _ text: String, split: String? = nil) throws -> [ClipEntry] {
    try Manifest.load(folder.write(name, text), split: split).map { $0 }
  }

  private func message(_ name: String, _ text: String, split: String? = nil) throws -> String {
    let path = try folder.write(name, text)
    return #expect(throws: ManifestError.self) { try Manifest.load(path, split: split) }?.description ?? ""
  }

  @Test func readsCSV() throws {
    let text = """
      \u{FEFF}path,caption,label,start,end,split,place\r
      a.mp4,"a ""red"" ball, and\r
      a blue one",balls,0.5,2,train,garden\r
      \r
      "b, c.mp4",plain,,,,,\r

      """
    let entries = try load("m.csv", text)
    #expect(
      entries == [
        ClipEntry(
          index: 0, file: ClipFile(path: folder.path + "/a.mp4", root: folder.path), name: "a.mp4",
          caption: "a \"red\" ball, and a blue one", label: "balls", start: 0.5, end: 2, split: "train",
          attributes: ["place": "garden"]),
        ClipEntry(
          index: 1, file: ClipFile(path: folder.path + "/b, c.mp4", root: folder.path), name: "b, c.mp4",
          caption: "plain"),
      ])
  }

  @Test func readsJSONLines() throws {
    let text = """
      {"path": "a.mp4", "caption": "a cat"}

      {"path": "\(folder.path)/deep/d.mp4", "caption": "", "label": 3, "start": 1, "attributes": {"x": "y"}}
      """
    let entries = try load("m.jsonl", text)
    #expect(entries.map(\.name) == ["a.mp4", folder.path + "/deep/d.mp4"])
    #expect(entries[1].path == folder.path + "/deep/d.mp4")
    #expect(entries[1].label == "3" && entries[1].start == 1 && entries[1].attributes == ["x": "y"])
  }

  @Test func readsAFolderWithCaptionsBeside() throws {
    for (name, caption) in [("a", " a cat\n on a mat\n"), ("b, c", "two"), ("deep/d", "three")] {
      try folder.write(name + ".txt", caption)
    }
    try folder.write("notes.pdf")
    try folder.write(".hidden/x.mp4")
    let entries = try Manifest.load(folder.path)
    #expect(entries.map(\.name) == ["a.mp4", "b, c.mp4", "deep/d.mp4"])
    #expect(entries.map(\.caption) == ["a cat on a mat", "two", "three"])
  }

  @Test func folderWithoutACaptionIsRefused() throws {
    try folder.write("a.txt", "a cat")
    let error = #expect(throws: ManifestError.self) { try Manifest.load(folder.path) }
    #expect(error?.count == 2)
    #expect(
      error?.description.contains("deep/d.mp4 has no caption: there is no deep/d.txt beside it") == true)
  }

  @Test func keepsOneSplit() throws {
    // However the usual ones are written.
    let usual = "path,caption,split\na.mp4,one,Train\na.mp4,two, val\na.mp4,three,training\n"
    #expect(try load("u.csv", usual, split: "train").map(\.caption) == ["one", "three"])
    #expect(try load("u.csv", usual, split: "validation").map(\.caption) == ["two"])
    let text = "path,caption,split\na.mp4,one,train\na.mp4,two,test\nmissing.mp4,three,other\n"
    #expect(try load("m.csv", text, split: "test").map(\.caption) == ["two"])
    let message = try message("m.csv", text, split: "validation")
    #expect(message.contains("no clip is of split \"validation\"; the manifest has only other, test, train"))
    #expect(try load("m.csv", "path,caption\na.mp4,x\n", split: "test").map(\.caption) == ["x"])
  }

  @Test(arguments: [
    (
      "m.csv", "path,words\na.mp4,x\n",
      "line 1: the header has no column caption or text or prompt or label, only path, words"
    ),
    ("m.csv", "path,caption,path\n", "names the column path twice"),
    ("m.csv", "path,caption\na.mp4,x\n,y\n", "line 3: the path is empty"),
    ("m.csv", "path,caption\na.mp4,x,y\n", "line 2: 3 fields where the header has 2"),
    ("m.csv", "path,caption\na.mp4,\"x\n", "line 2: a quoted field is never closed"),
    ("m.csv", "path,caption\na.mp4,\"x\"y\n", "line 2: text follows a closing quote"),
    ("m.csv", "path,caption\na.mp4,x \"y\"\n", "line 2: a quote stands inside a field that is not quoted"),
    ("m.csv", "path,caption,start,end\na.mp4,x,2,1.5\n", "line 2: end 1.5 is not after start 2.0"),
    ("m.csv", "path,caption,start\na.mp4,x,-1\n", "line 2: start is -1.0, not a time of 0 seconds or later"),
    ("m.csv", "path,caption,start\na.mp4,x,soon\n", "line 2: start is \"soon\", not a number of seconds"),
    ("m.csv", "path,caption\n\"a.mp4\",\"x\ny\"\nno.mp4,z\n", "line 4: there is no file no.mp4"),
    ("m.csv", "path,caption\n", "it lists no clips; add a line"),
    ("m.csv", "", "it lists no clips; add a line"),
    ("m.jsonl", "\n", "it lists no clips; add a line"),
    ("m.jsonl", "{\"path\": \"a.mp4\"}", "line 1: the caption is missing"),
    ("m.jsonl", "{\"caption\": \"a\"}", "line 1: the path is empty"),
    ("m.jsonl", "\n{\"path\": }", "line 2: path must be a text"),
    (
      "m.jsonl", "{\"path\": \"a.mp4\", \"caption\" \"a\"}",
      "line 1: it is not valid JSON (byte 29: a colon is missing)"
    ),
    ("m.jsonl", "{\"path\": \"a.mp4\", \"path\": \"a.mp4\"}", "line 1: the key path stands there twice"),
    ("m.jsonl", "{\"path\": \"a.mp4\\u0000\"}", "the character NUL stands in a string"),
    ("m.csv", "path,caption\na.mp4,x\u{0}y\n", "line 2: the character NUL stands in it"),
    (
      "m.jsonl", "{\"path\": \"\(String(repeating: "x", count: 70_000))\"}\n{\"path\": 2}",
      "line 1: it is longer than 64 KB\n  line 2: path must be"
    ),
    (
      "m.csv", "path,caption\na.mp4,\(String(repeating: "x", count: 70_000))\n",
      "line 2: it is longer than 64 KB"
    ),
    (
      "m.csv", "path,caption\na.mp4,\"\(String(repeating: "x", count: 70_000))\"\n",
      "line 2: it is longer than"
    ),
    ("m.csv", "path,caption\ndeep,x\n", "line 2: deep is a folder, not a clip"),
    ("m.csv", "path,caption\n\u{1B}[31mred,x\n", "there is no file \\u{1b}[31mred"),
    ("m.jsonl", "[1]", "line 1: it is not a JSON object"),
    ("m.jsonl", "{\"path\": 1, \"caption\": \"a\"}", "line 1: path must be a text"),
    (
      "m.jsonl", "{\"path\": \"a.mp4\", \"caption\": \"a\", \"end\": \"x\"}",
      "end must be a number of seconds"
    ),
    (
      "m.jsonl", "{\"path\": \"a.mp4\", \"caption\": \"a\", \"attributes\": [1]}",
      "attributes must be an object"
    ),
    ("m.dat", "a.mp4", "its name does not say what it holds; give CSV the ending .csv"),
    ("m.parquet", "PAR1", "it is Parquet; convert it to JSON Lines or CSV"),
    ("m.csv.gz", "", "it is compressed; decompress it"),
  ])
  func refuses(name: String, text: String, reason: String) throws {
    let message = try message(name, text)
    #expect(message.contains(reason), "\(message)")
    #expect(message.hasPrefix("manifest \(folder.path)/\(name)"), "\(message)")
  }

  @Test func aMissingManifestNamesTheForms() throws {
    let error = #expect(throws: ManifestError.self) { try Manifest.load(folder.path + "/none.csv") }
    #expect(
      error?.description.contains("there is no such file or folder; name a .csv or .jsonl file") == true)
  }

  @Test func tellsAllProblemsAtOnceButShowsTwenty() throws {
    let rows = (0..<30).map { "no\($0).mp4,x" }.joined(separator: "\n")
    let path = try folder.write("m.csv", "path,caption\na.mp4,fine\n" + rows)
    let error = try #require(#expect(throws: ManifestError.self) { try Manifest.load(path) })
    #expect(error.count == 30 && error.problems.count == 30)
    #expect(error.description.contains("has 30 problems:\n  line 3: there is no file no0.mp4\n"))
    #expect(error.description.contains("line 22: there is no file no19.mp4\n  and 10 more\nMend these"))
  }

  @Test func textThatIsNotUTF8IsRefused() throws {
    let path = folder.path + "/latin.csv"
    try (Data("path,caption\na.mp4,caf".utf8) + Data([0xE9, 0x0A])).write(to: URL(fileURLWithPath: path))
    let error = #expect(throws: ManifestError.self) { try Manifest.load(path) }
    #expect(error?.description.contains("line 2: it is not UTF-8 text") == true)
  }

  @Test func aClassSaysWhatAClipShowsWhereNoCaptionDoes() throws {
    let folder = NSTemporaryDirectory() + "vfm-manifest-" + UUID().uuidString
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    for name in ["a.mp4", "b.mp4"] {
      FileManager.default.createFile(atPath: "\(folder)/\(name)", contents: Data([1]))
    }
    func captions(_ name: String, _ text: String, needed: Bool = true) throws -> [String] {
      try Data(text.utf8).write(to: URL(fileURLWithPath: "\(folder)/\(name)"))
      defer { try? FileManager.default.removeItem(atPath: "\(folder)/\(name)") }
      return try Manifest.load("\(folder)/\(name)", captions: needed).map(\.caption)
    }
    #expect(try captions("m.csv", "path,label\na.mp4,play_guitar\nb.mp4,7\n") == ["play guitar", ""])
    #expect(try captions("m.jsonl", "{\"path\":\"a.mp4\",\"label\":\"jump\"}\n") == ["jump"])
    // Kinds of task that read no captions take clips without them.
    #expect(try captions("m.csv", "path\na.mp4\n", needed: false) == [""])
    #expect(try captions("m.jsonl", "{\"path\":\"a.mp4\"}\n", needed: false) == [""])
    #expect(throws: ManifestError.self) { try captions("m.jsonl", "{\"path\":\"a.mp4\"}\n") }
    #expect(try Manifest.load(folder, captions: false).map(\.name) == ["a.mp4", "b.mp4"])
    #expect(throws: ManifestError.self) { try Manifest.load(folder) }
  }
}
