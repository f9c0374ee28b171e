import Foundation
import TestClips
import Testing
import Tokens
import Video

@testable import ClipIndexing
@testable import Curation

struct ManifestCheckTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func line(_ name: String, bytes: Int, sha256: String = "", verdict: IndexLine.Verdict = .good)
    -> IndexLine
  {
    IndexLine(
      path: name, bytes: bytes, sha256: sha256, codec: "h264", width: 64, height: 48, duration: 2,
      verdict: verdict,
      reason: verdict == .good ? nil : "no frame comes out")
  }

  @Test func tellsWhatAManifestHolds() throws {
    for name in ["a", "b", "c"] { try folder.write("\(name).mp4", name) }
    let path = try folder.write(
      "m.csv",
      """
      path,caption,label,start,split
      a.mp4,a cat,pets,,train
      a.mp4,a cat,pets,2,train
      b.mp4,,cars,,train
      c.mp4,twelve long words,,,test

      """)
    let check = try ManifestCheck([path])
    #expect(check.isFine)
    #expect(check.sources[0].layout == "CSV with a header" && check.sources[0].clips == 4)
    #expect(check.clips == 4 && check.files == 3)
    #expect(check.splits == [.init(name: "train", count: 3), .init(name: "test", count: 1)])
    #expect(check.labels == 2)
    #expect(check.commonLabels == [.init(name: "pets", count: 2), .init(name: "cars", count: 1)])
    let captions = try #require(check.captions)
    #expect(captions.shortest == 0 && captions.median == 5 && captions.longest == 17 && captions.empty == 1)
    #expect(captions.ninetyFive == 17 && captions.shared == 0.5 && captions.tokens == nil)
    #expect(check.index == nil && check.leaks.isEmpty && check.unusable.isEmpty)
  }

  @Test func countsCaptionsThatAreCut() throws {
    try folder.write("a.mp4", "x")
    let path = try folder.write("m.csv", "path,caption\na.mp4,1234567\na.mp4,12345678\na.mp4,one two\n")
    let bytes = try ManifestCheck([path], tokens: (ByteTokenizer(), 8)).captions?.tokens
    #expect(bytes?.longer == 1 && bytes?.longest == 9 && bytes?.count == 3)
    let words = try ManifestCheck([path], tokens: (WordTokenizer(words: []), 2)).captions?.tokens
    #expect(words?.longer == 1 && words?.longest == 3)
  }

  @Test func findsWhatManifestsShare() throws {
    for (name, text) in [
      ("a", "same"), ("b", "same"), ("c", "size"), ("d", "other"), ("e", "other"), ("f", "look"),
    ] {
      try folder.write("\(name).mp4", text)
    }
    let train = try folder.write("train.csv", "path,caption\na.mp4,x\nd.mp4,x\ne.mp4,x\nc.mp4,y\n")
    let test = try folder.write("test.csv", "path,caption\nb.mp4,x\nd.mp4,x\nf.mp4,z\n")
    let check = try ManifestCheck([train, test])
    #expect(!check.isFine && check.unusable.isEmpty)
    #expect(check.splits.map(\.name) == [train, test])
    // d and e are the same within train, which is no leak; but e is also the same as d of test.
    #expect(
      check.leaks == [
        Leak(kind: .sameFile, clips: ["d.mp4", "d.mp4"], splits: [train, test]),
        Leak(kind: .sameBytes, clips: ["a.mp4", "b.mp4"], splits: [train, test]),
        Leak(kind: .sameBytes, clips: ["d.mp4", "e.mp4"], splits: [test, train]),
      ])
    #expect(try ManifestCheck([train]).isFine)
  }

  @Test func findsClipsThatLookAlikeInTwoSplits() throws {
    let (one, other) = (DrawnScene(1).pictures(20), DrawnScene(2).pictures(20))
    for (name, pictures, crf) in [("a", one, 20), ("b", other, 20), ("c", one, 30), ("d", one, 26)] {
      try writeClip(pictures, to: folder.path + "/\(name).mp4", crf: crf)
    }
    // c in train is a copy of a within one split, which is no leak; d in test is a copy of both.
    let train = try folder.write("train.csv", "path,caption\na.mp4,x\nb.mp4,x\nc.mp4,x\n")
    let test = try folder.write("test.csv", "path,caption\nd.mp4,x\n")
    let lines = try Dictionary(
      uniqueKeysWithValues: "abcd".map { name in
        let path = "\(name).mp4"
        let bytes = try Data(contentsOf: URL(fileURLWithPath: folder.path + "/" + path)).count
        var line = IndexLine(
          path: path, bytes: bytes, sha256: String(repeating: name, count: 64), verdict: .good)
        line.shots = try shots(of: folder.path + "/" + path)
        return (path, line)
      })
    let leaks = try ManifestCheck([train, test], index: { lines[$0] }, duplicateDistance: 4).leaks
    #expect(leaks == [Leak(kind: .nearDuplicate, clips: ["a.mp4", "d.mp4"], splits: [train, test])])
    #expect(try ManifestCheck([train, test], index: { lines[$0] }).leaks == [])
  }

  @Test func rowsNameTheirSplitsAcrossManifests() throws {
    try folder.write("a.mp4", "x")
    let one = try folder.write("one.csv", "path,caption,split\na.mp4,x,train\n")
    let two = try folder.write("two.csv", "path,caption,split\na.mp4,y,train\n")
    #expect(try ManifestCheck([one, two]).isFine)
    let three = try folder.write("three.csv", "path,caption,split\na.mp4,x,train\na.mp4,y,test\n")
    #expect(try ManifestCheck([three]).leaks.map(\.splits) == [["train", "test"]])
  }

  @Test func membersOfArchivesAreCompared() throws {
    for (name, text) in [("train/1", "ab"), ("val/1", "ab"), ("val/2", "cd")] {
      var tar = TarBuilder()
      tar.file("x.mp4", text)
      tar.file("x.txt", "x")
      try Data(tar.finished).write(to: URL(fileURLWithPath: folder.write(name + ".tar")))
    }
    let check = try ManifestCheck([folder.path])
    #expect(
      check.leaks == [
        Leak(
          kind: .sameBytes, clips: ["train/1.tar/x.mp4", "val/1.tar/x.mp4"], splits: ["train", "validation"])
      ])
  }

  @Test func looksClipsUpInAnIndex() throws {
    for (name, text) in [("a", "aa"), ("b", "bb"), ("c", "cc"), ("d", "dd")] {
      try folder.write("\(name).mp4", text)
    }
    let path = try folder.write(
      "m.csv", "path,caption,split\na.mp4,x,train\nb.mp4,x,test\nc.mp4,x,train\nd.mp4,x,train\n")
    // By the index a and b are the same, whatever their bytes: it is believed as long as the size is right.
    let digest = String(repeating: "0", count: 64)
    let index = [
      "a.mp4": line("a.mp4", bytes: 2, sha256: digest), "b.mp4": line("b.mp4", bytes: 2, sha256: digest),
      "c.mp4": line("c.mp4", bytes: 3), "d.mp4": line("d.mp4", bytes: 2, verdict: .unreadable),
    ]
    let check = try ManifestCheck([path], index: { index[$0] })
    #expect(check.leaks.map(\.clips) == [["a.mp4", "b.mp4"]])
    #expect(
      check.unusable == [
        .init(clip: "c.mp4", reason: "it has 2 bytes, but the index says 3"),
        .init(clip: "d.mp4", reason: "no frame comes out"),
      ])
    let figures = try #require(check.index)
    #expect(figures.known == 4 && figures.unknown == 0 && figures.seconds == 8 && figures.longest == 2)
    #expect(
      figures.codecs == [.init(name: "h264", count: 4)] && figures.sizes == [.init(name: "64x48", count: 4)])
    #expect(try ManifestCheck([path], index: { _ in nil }).index?.unknown == 4)
  }

  @Test func gathersAllThatIsWrong() throws {
    try folder.write("empty.mp4")
    try folder.write("a.mp4", "x")
    #expect(symlink("/etc/hostname", folder.path + "/link.mp4") == 0)
    let rows = (0..<30).map { "gone\($0).mp4,x\n" }.joined()
    let broken = try folder.write("broken.csv", "path,caption\n\(rows)")
    let usable = try folder.write("usable.csv", "path,caption\nempty.mp4,x\na.mp4,x\nlink.mp4,x\n")
    let missing = folder.path + "/missing.csv"
    let check = try ManifestCheck([broken, usable, missing])
    #expect(check.sources.map(\.problemCount) == [30, 0, 1])
    #expect(check.sources.map(\.isMissing) == [false, false, true])
    #expect(check.sources[0].problems.count == 30)
    #expect(check.sources[0].problems[29] == "line 31: there is no file gone29.mp4")
    #expect(check.unusable.map(\.clip) == ["empty.mp4", "link.mp4"])
    #expect(check.unusable[0].reason == "the file is empty")
    #expect(check.unusable[1].reason.contains("leads out of \(folder.path)"))
    #expect(try ManifestCheck([missing]).captions == nil)
  }
}
