import TestClips
import Testing

@testable import ClipIndexing

/// A line of an index as its text.
private func line(_ path: String, digest: Character = "a", verdict: String = "good", more: String = "")
  -> String
{
  "{\"path\":\"\(path)\",\"bytes\":7,\"sha256\":\"\(String(repeating: digest, count: 64))\","
    + "\"verdict\":\"\(verdict)\"\(more)}\n"
}

@Suite struct ClipIndexTests {
  private let folder: TemporaryFolder
  init() throws { folder = try TemporaryFolder() }

  @Test func findsClipsByTheirNames() throws {
    let path = try folder.write(
      "index.jsonl",
      line("b.mp4", more: ",\"frames\":12,\"width\":64")
        + line("a.mp4", verdict: "damaged", more: ",\"reason\":\"a packet is cut off\""))
    let index = try ClipIndex.load(path)
    #expect(index.count == 2)
    #expect(index["b.mp4"]?.frames == 12)
    #expect(index["a.mp4"]?.verdict == .damaged)
    #expect(index["c.mp4"] == nil)
  }

  @Test func joinedShardsMayRepeatAClip() throws {
    let path = try folder.write("index.jsonl", line("a.mp4") + line("b.mp4") + line("a.mp4"))
    #expect(try ClipIndex.load(path).lines.map(\.path) == ["a.mp4", "b.mp4"])
  }

  /// Names are told apart by their bytes, as file systems do.
  @Test func namesThatLookAlikeAreTwo() throws {
    let (composed, decomposed) = ("caf\u{E9}.mp4", "cafe\u{301}.mp4")
    let path = try folder.write("index.jsonl", line(composed) + line(decomposed, digest: "b"))
    let index = try ClipIndex.load(path)
    #expect(index.count == 2)
    #expect(index[composed]?.sha256.first == "a" && index[decomposed]?.sha256.first == "b")
  }

  @Test func anEmptyIndexKnowsNothing() throws {
    #expect(try ClipIndex.load(folder.write("index.jsonl", "")).count == 0)
  }

  @Test func aClipThatCouldNotBeOpenedHasNoDigest() throws {
    let text = "{\"path\":\"a\",\"bytes\":0,\"sha256\":\"\",\"verdict\":\"unreadable\"}\n"
    #expect(try ClipIndex.load(folder.write("index.jsonl", text))["a"]?.verdict == .unreadable)
  }

  @Test(arguments: [
    (
      line("a.mp4") + "{\"path\":\"b.mp4\",\"by",
      "line 2: it is cut off; run the same vfm-data index command again"
    ),
    (line("a.mp4", verdict: "fine"), "line 1: verdict is not good, damaged or unreadable"),
    (
      line("a.mp4") + line("b.mp4") + line("a.mp4", digest: "b"),
      "line 3: a.mp4 is here a second time with other"
    ),
    (line("a.mp4") + "\n", "line 2: it cannot be understood"),
    (line("a.mp4") + "[1]\n", "line 2: it is not a JSON object"),
    (line(""), "line 1: the path is empty"),
    (line("a.mp4", digest: "G"), "line 1: sha256 is \"GGGG"),
    (line("a.mp4", more: ",\"width\":\"64\""), "line 1: width must be a whole number"),
    (line("a.mp4", more: ",\"frames\":1.5"), "line 1: it cannot be understood"),
    ("{\"bytes\":7,\"sha256\":\"\",\"verdict\":\"unreadable\"}\n", "line 1: path is missing"),
    ("{\"path\":\"a\",\"bytes\":-1,\"sha256\":\"\",\"verdict\":\"unreadable\"}\n", "line 1: bytes is -1"),
  ])
  func refuses(text: String, complaint: String) throws {
    let path = try folder.write("index.jsonl", text)
    let error = #expect(throws: ClipIndexError.self) { _ = try ClipIndex.load(path) }
    let words = error?.description ?? ""
    #expect(words.hasPrefix("index \(path): \(complaint)"), "\(words)")
  }

  @Test func saysWhenThereIsNone() {
    let error = #expect(throws: ClipIndexError.self) { _ = try ClipIndex.load("/nowhere/index.jsonl") }
    #expect(
      error?.description == "index /nowhere/index.jsonl: there is no such file; make it with vfm-data index")
  }
}
