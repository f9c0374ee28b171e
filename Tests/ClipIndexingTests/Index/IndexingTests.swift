import Foundation
import Manifests
import Synchronization
import TestClips
import Testing
import Video

@testable import ClipIndexing

@Suite struct IndexingTests {
  private let folder: TemporaryFolder
  private var output: String { folder.path + "/index.jsonl" }

  /// Twelve clips of 3 to 14 frames and a manifest that names the first one twice.
  init() throws {
    folder = try TemporaryFolder()
    var rows = "path,caption,start,end\n"
    for clip in 0..<12 {
      let pictures = DrawnScene(UInt64(clip)).pictures(3 + clip).map { $0 }
      try writeClip(pictures, to: "\(folder.path)/\(clip).mp4")
      rows += "\(clip).mp4,clip \(clip),,\n"
    }
    try folder.write("list.csv", rows + "0.mp4,again,0.04,0.08\n")
  }

  private func index(
    to path: String? = nil, shard: (Int, Int)? = nil, threads: Int = 1, verify: Bool = false,
    shouldStop: () -> Bool = { false }
  ) throws -> Indexing.Outcome {
    let part = shard.flatMap { Indexing.Shard(number: $0.0, count: $0.1) }
    return try Indexing(
      Manifest.load(folder.path + "/list.csv"), shard: part, threads: threads, verify: verify
    ).write(to: path ?? output, shouldStop: shouldStop)
  }

  @Test func tellsOfEveryClipOnceInOrder() throws {
    let outcome = try index()
    #expect(outcome.good == 12 && outcome.kept == 0 && outcome.left == 0)
    let found = try ClipIndex.load(output, shots: true)
    #expect(found.lines.map(\.path) == (0..<12).map { "\($0).mp4" })
    #expect(try ClipIndex.load(output)["5.mp4"]?.shots == nil)
    let line = try #require(found["5.mp4"])
    let bytes = try Data(contentsOf: URL(fileURLWithPath: folder.path + "/5.mp4"))
    #expect(line.bytes == bytes.count)
    #expect(line.frames == 8 && line.width == 96 && line.height == 64 && line.frameRate == 25)
    #expect(line.codec == "h264" && line.pixelFormat == "yuv420p" && line.rotation == 0)
    #expect(line.duration == 0.32 && line.verdict == .good && line.reason == nil)
    #expect(line.shots?.map(\.end) == [0.32])
    let task = Process()
    task.executableURL = URL(fileURLWithPath: "/usr/bin/sha256sum")
    task.arguments = [folder.path + "/5.mp4"]
    let pipe = Pipe()
    task.standardOutput = pipe
    try task.run()
    #expect(
      String(decoding: pipe.fileHandleForReading.readDataToEndOfFile().prefix(64), as: UTF8.self)
        == line.sha256)
    task.waitUntilExit()
  }

  @Test func threadsDoNotChangeABit() throws {
    _ = try index(to: folder.path + "/one.jsonl", threads: 1)
    _ = try index(to: folder.path + "/two.jsonl", threads: 2)
    _ = try index(to: folder.path + "/five.jsonl", threads: 5)
    #expect(try folder.text("one.jsonl") == folder.text("two.jsonl"))
    #expect(try folder.text("one.jsonl") == folder.text("five.jsonl"))
  }

  @Test func goesOnAfterATornLine() throws {
    _ = try index()
    let whole = try folder.text("index.jsonl")
    let lines = whole.split(separator: "\n")
    try folder.write("index.jsonl", lines[..<4].joined(separator: "\n") + "\n" + lines[4].prefix(40))
    let outcome = try index()
    #expect(outcome.kept == 4 && outcome.good == 12)
    #expect(try folder.text("index.jsonl") == whole)
  }

  @Test func stopsAndGoesOn() throws {
    let asked = Atomic<Int>(0)
    let first = try index(threads: 2) { asked.add(1, ordering: .relaxed).newValue > 16 }
    #expect(first.left > 0 && first.good + first.left == 12)
    let kept = try ClipIndex.load(output).lines.map(\.path)
    #expect(kept == (0..<first.good).map { "\($0).mp4" })
    let second = try index(threads: 2)
    #expect(second.left == 0 && second.kept == first.good)
    _ = try index(to: folder.path + "/whole.jsonl")
    #expect(try folder.text("index.jsonl") == folder.text("whole.jsonl"))
  }

  @Test func shardsMakeTheSameSet() throws {
    _ = try index()
    for part in 1...5 { _ = try index(to: "\(folder.path)/part\(part).jsonl", shard: (part, 5)) }
    try folder.write("joined.jsonl", (1...5).map { try folder.text("part\($0).jsonl") }.joined())
    let joined = try ClipIndex.load(folder.path + "/joined.jsonl")
    let whole = try ClipIndex.load(output)
    #expect(joined.lines.sorted { $0.path < $1.path } == whole.lines.sorted { $0.path < $1.path })
    #expect(Indexing.Shard(number: 0, count: 4) == nil && Indexing.Shard(number: 5, count: 4) == nil)
  }

  @Test func looksAnewAtChangedClips() throws {
    _ = try index()
    try writeClip(DrawnScene(99).pictures(30), to: folder.path + "/3.mp4")
    let outcome = try index()
    #expect(outcome.kept == 11 && outcome.renewed == 1 && outcome.good == 12)
    let found = try ClipIndex.load(output, shots: true)
    #expect(found["3.mp4"]?.frames == 30 && found.count == 12)
    #expect(found.lines.allSatisfy { $0.shots?.isEmpty == false })
  }

  @Test func verifyFindsAChangeOfTheSameSize() throws {
    _ = try index()
    let clip = URL(fileURLWithPath: folder.path + "/7.mp4")
    var bytes = try Data(contentsOf: clip)
    bytes[bytes.count - 20] ^= 1
    try bytes.write(to: clip)
    #expect(try index().renewed == 0)
    #expect(try index(verify: true).renewed == 1)
    #expect(try index(verify: true).renewed == 0)
  }

  @Test func leavesLinesOfOtherManifestsAlone() throws {
    try folder.write("other.csv", "path,caption\n0.mp4,\n1.mp4,\n")
    let other = try Manifest.load(folder.path + "/other.csv")
    _ = try index()
    try writeClip(DrawnScene(98).pictures(5), to: folder.path + "/0.mp4")
    #expect(try Indexing(other).write(to: output).renewed == 1)
    #expect(try ClipIndex.load(output).count == 12)
  }

  @Test func tellsDamagedFromUnreadable() throws {
    let clip = URL(fileURLWithPath: folder.path + "/11.mp4")
    try writeClip(DrawnScene(7).pictures(60), to: clip.path)
    var bytes = try Data(contentsOf: clip)
    for place in bytes.count / 2..<bytes.count / 2 + 600 { bytes[place] = 0xFF }
    try bytes.write(to: clip)
    try folder.write("4.mp4", "this is no video")
    try folder.write("6.mp4", "")
    let outcome = try index()
    #expect(outcome.damaged == 1 && outcome.unreadable == 2 && outcome.good == 9)
    let found = try ClipIndex.load(output, shots: true)
    let damaged = try #require(found["11.mp4"])
    #expect(damaged.verdict == .damaged && (damaged.frames ?? 0) > 0 && damaged.shots != nil)
    #expect(damaged.reason?.contains(" at frame ") == true, "\(damaged.reason ?? "")")
    let unreadable = try #require(found["4.mp4"])
    #expect(unreadable.verdict == .unreadable && unreadable.frames == nil && unreadable.bytes == 16)
    #expect(unreadable.reason?.hasPrefix("open: ") == true)
    #expect(outcome.firstBad.map(\.path) == ["4.mp4", "6.mp4", "11.mp4"])
    // Bad clips are not looked at again while they stay as they are.
    #expect(try index().kept == 12)
  }

  @Test func aClipOutsideItsRootIsUnreadable() throws {
    let file = ClipFile(path: folder.path + "/0.mp4", root: "/usr")
    let line = try ClipExamination(name: "0.mp4", limits: .standard).line(of: file)
    #expect(line.verdict == .unreadable && line.sha256.isEmpty && line.bytes == 0)
    #expect(line.reason?.contains("data.root") == true)
    #expect(try line.isTrue(of: file, limits: .standard, hash: true))
    #expect(try !line.isTrue(of: ClipFile(path: file.path), limits: .standard, hash: false))
  }

  @Test func oneProcessWritesAtATime() throws {
    let file = try IndexFile(output)
    let error = #expect(throws: IndexFileError.self) { _ = try index() }
    #expect(error?.kind == .inUse)
    withExtendedLifetime(file) {}
  }

  @Test func refusesToGoOnWithAFileThatIsNoIndex() throws {
    try folder.write("index.jsonl", "path,caption\na.mp4,x\n")
    #expect(throws: ClipIndexError.self) { _ = try index() }
    #expect(try folder.text("index.jsonl") == "path,caption\na.mp4,x\n")
    try folder.write("index.jsonl", "{\"data\": 1}")
    #expect(throws: ClipIndexError.self) { _ = try index() }
    #expect(try folder.text("index.jsonl") == "{\"data\": 1}")
    let error = #expect(throws: IndexFileError.self) { _ = try index(to: "/nowhere/index.jsonl") }
    #expect(error?.kind == .cannotCreate)
  }
}

@Suite struct OrderedWorkTests {
  @Test(arguments: [1, 2, 7])
  func givesResultsInOrderAndHoldsFewBack(threads: Int) throws {
    let begun = Atomic<Int>(0)
    let most = Mutex(0)
    let taken = Mutex(0)
    let work = OrderedWork(count: 200, threads: threads, ahead: 10, name: "test") { item in
      let now = begun.add(1, ordering: .relaxed).newValue
      let waiting = now - taken.withLock { $0 }
      most.withLock { $0 = max($0, waiting) }
      if item % 17 == 0 { usleep(2000) }
      return item
    }
    var found: [Int] = []
    while let item = try work.next(shouldStop: { false }) {
      found.append(item)
      taken.withLock { $0 += 1 }
    }
    #expect(found == Array(0..<200))
    // One is counted as taken a little after it was.
    #expect(most.withLock { $0 } <= 12)
  }

  @Test func nothingToDoEndsAtOnce() throws {
    #expect(try OrderedWork(count: 0, threads: 3, name: "test") { $0 }.next(shouldStop: { false }) == nil)
  }
}
