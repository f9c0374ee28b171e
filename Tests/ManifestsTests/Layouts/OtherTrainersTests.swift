import TestClips
import Testing

@testable import Manifests

/// What other trainers call paths and captions.
struct OtherTrainersTests {
  let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    for name in ["a.mp4", "b.mp4"] { try folder.write(name) }
  }

  @Test(arguments: ["path", "file_name", "video", "video_path", "media_path", "image", "image_path"])
  func pathsByAnyName(key: String) throws {
    let rows = "{\"\(key)\": \"a.mp4\", \"caption\": \"one\"}\n{\"text\": \"two\", \"\(key)\": \"b.mp4\"}"
    let lines = try Manifest.load(folder.write("m.jsonl", rows))
    #expect(lines.map(\.name) == ["a.mp4", "b.mp4"] && lines.map(\.caption) == ["one", "two"])
    let list = try Manifest.load(
      folder.write("m.json", "[\(rows.replacing("\n", with: ",\n"))]"))
    #expect(list.layout?.description == "a JSON list, because its name ends in .json")
    #expect(list.map(\.name) == ["a.mp4", "b.mp4"] && list.map(\.caption) == ["one", "two"])
    let table = try Manifest.load(folder.write("m.csv", "\(key),text\na.mp4,one\nb.mp4,two\n"))
    #expect(table.map(\.name) == ["a.mp4", "b.mp4"] && table.map(\.caption) == ["one", "two"])
  }

  /// The first name counts wherever it stands; the others are kept as attributes.
  @Test func severalNamesAtOnce() throws {
    let row =
      "{\"prompt\": \"p\", \"video\": \"b.mp4\", \"caption\": \"c\", \"path\": \"a.mp4\", \"text\": \"t\"}"
    let entry = try Manifest.load(folder.write("m.jsonl", row))[0]
    #expect(entry.name == "a.mp4" && entry.caption == "c")
    #expect(entry.attributes == ["prompt": "p", "video": "b.mp4", "text": "t"])
    let table = try Manifest.load(folder.write("m.csv", "text,video,path,caption\nt,b.mp4,a.mp4,c\n"))[0]
    #expect(table.name == "a.mp4" && table.caption == "c")
    #expect(table.attributes == ["video": "b.mp4", "text": "t"])
    // A key of the same name that is no text is none of ours.
    let numbers = try Manifest.load(
      folder.write(
        "n.jsonl", "{\"path\": \"a.mp4\", \"video\": {\"fps\": 8}, \"text\": 7, \"caption\": \"c\"}"))[0]
    #expect(numbers.name == "a.mp4" && numbers.attributes.isEmpty)
  }

  @Test(arguments: [
    ("[{\"media_path\": \"none.mp4\", \"caption\": \"x\"}]", "line 1: there is no file none.mp4"),
    ("[\n{\"caption\": \"x\"}]", "line 2: the path is empty"),
    ("[\n{\"media_path\": \"a.mp4\"}]", "line 2: the caption is missing"),
    ("[{\"media_path\": \"a.mp4\", \"caption\": \"x\"}", "it ends too early"),
    ("{\"media_path\": \"a.mp4\"}", "it is not a list of objects with path and caption"),
  ])
  func brokenLists(text: String, reason: String) throws {
    let path = try folder.write("m.json", text)
    let error = #expect(throws: ManifestError.self) { try Manifest.load(path) }
    #expect(error?.description.contains(reason) == true, "\(error?.description ?? "")")
  }

  /// A caption is one line, wherever it is written.
  @Test func captionsAreOnOneLine() throws {
    let caption = " a dog\n\n runs,\tthen  stops "
    try folder.write("c/a.mp4")
    try folder.write("c/a.txt", caption)
    let escaped = caption.replacing("\n", with: "\\n").replacing("\t", with: "\\t")
    for path in [
      try folder.write("m.csv", "path,caption\na.mp4,\"\(caption)\"\n"),
      try folder.write("m.jsonl", "{\"path\": \"a.mp4\", \"caption\": \"\(escaped)\"}"),
      folder.path + "/c",
    ] { #expect(try Manifest.load(path)[0].caption == "a dog runs, then stops", "\(path)") }
    let beyondASCII = try folder.write("n.csv", "path,caption\na.mp4,\"ein\u{A0}Hund\u{2028}läuft\"\n")
    #expect(try Manifest.load(beyondASCII)[0].caption == "ein Hund läuft")
  }
}
