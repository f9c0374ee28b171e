import Foundation
import Synchronization
import Testing

@testable import Video

/// Files that are not what they should be: each is refused with a sentence that says why.
@Suite struct VideoReaderErrorTests {
  private func failure(_ path: String, limits: DecodeLimits = .standard) -> VideoError? {
    do {
      _ = try VideoReader(path: path, limits: limits)
      return nil
    } catch {
      return error
    }
  }

  @Test func namesAMissingFile() throws {
    let path = try Scratch().path("missing.mp4")
    #expect(
      failure(path)?.description
        == "cannot open \(path): No such file or directory; check that it is a whole video file")
  }

  @Test func refusesAFolder() throws {
    let scratch = try Scratch()
    #expect(failure(scratch.folder.path)?.reason == "it is not a regular file")
  }

  @Test(arguments: ["notes.txt", "clip.mp4"])
  func refusesText(name: String) throws {
    let scratch = try Scratch()
    let path = try scratch.write("A red ball rolls to the left.\n".utf8, to: name)
    let error = failure(path)
    #expect(error?.stage == .open)
    #expect(error?.reason.contains("Invalid") == true)
  }

  @Test func refusesAnEmptyFile() throws {
    let scratch = try Scratch()
    let path = try scratch.write([], to: "empty.mp4")
    #expect(failure(path)?.stage == .open)
  }

  @Test(arguments: [
    "#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nother.ts\n#EXT-X-ENDLIST\n",
    "ffconcat version 1.0\nfile other.mp4\n",
  ])
  func refusesListsOfOtherFiles(text: String) throws {
    let scratch = try Scratch()
    try Numbered.write(to: scratch.path("other.mp4"), ticks: [1])
    let path = try scratch.write(text.utf8, to: "clip.mp4")
    let error = failure(path)
    #expect(error?.stage == .open)
    #expect(error?.reason.contains("whitelist") == true)
  }

  @Test(arguments: ["http://127.0.0.1:9/clip.mp4", "pipe:0", "concat:a.mp4|b.mp4"])
  func readsAddressesAsFileNames(path: String) {
    #expect(failure(path)?.reason == "No such file or directory")
  }

  /// The index is at the front, so the first half of a file opens, and what is missing is told.
  @Test func tellsOfAFileThatIsCutOff() throws {
    let scratch = try Scratch()
    try Numbered.write(to: scratch.path("whole.mp4"), ticks: Array(repeating: 1, count: 100))
    let bytes = try scratch.bytes("whole.mp4")
    let path = try scratch.write(bytes.prefix(bytes.count * 3 / 4), to: "cut.mp4")
    let reader = try VideoReader(path: path)
    var frames = 0
    try reader.forEachFrame(framing: Framing(width: 48, height: 32)) { _, _ in
      frames += 1
      return true
    }
    #expect(frames > 0 && frames < 100)
    #expect(!reader.damage.isEmpty)
    #expect(reader.damage.allSatisfy { $0.path == path })
    // Reading again finds the same frames and does not count the damage twice.
    let damage = reader.damage
    try reader.forEachFrame(framing: Framing(width: 48, height: 32)) { _, _ in true }
    #expect(reader.damage == damage)
  }

  @Test func refusesAFileWithoutItsIndex() throws {
    let scratch = try Scratch()
    try Numbered.write(to: scratch.path("whole.mp4"), ticks: [1, 1, 1])
    let path = try scratch.write(scratch.bytes("whole.mp4").prefix(32), to: "cut.mp4")
    let error = failure(path)
    #expect(error?.stage == .open)
    #expect(error?.reason.contains("moov atom not found") == true)
  }

  @Test func refusesAFileWithoutItsData() throws {
    let scratch = try Scratch()
    try Numbered.write(to: scratch.path("whole.mp4"), ticks: [1, 1, 1])
    var bytes = try scratch.bytes("whole.mp4")
    let text = String(decoding: bytes, as: Unicode.ASCII.self)
    let data = text.distance(from: text.startIndex, to: text.range(of: "mdat")!.upperBound)
    for i in data..<bytes.count { bytes[i] = 0xff }
    let error = failure(try scratch.write(bytes, to: "noise.mp4"))
    #expect(error?.stage == .decode)
    #expect(error?.reason.hasPrefix("no frame can be decoded: ") == true)
    #expect(error?.description.hasSuffix("; encode the clip again or leave it out") == true)
  }

  /// Each thread hears of its own file only.
  @Test func keepsTheReasonsOfFilesReadSideBySideApart() throws {
    let scratch = try Scratch()
    try Numbered.write(to: scratch.path("good.mp4"), ticks: Array(repeating: 1, count: 10))
    let good = scratch.path("good.mp4")
    let bad = try scratch.write(scratch.bytes("good.mp4").prefix(32), to: "bad.mp4")
    let isRight = Mutex([Bool](repeating: false, count: 64))
    DispatchQueue.concurrentPerform(iterations: 64) { i in
      let right: Bool
      if i % 2 == 0 {
        let reader = try? VideoReader(path: good)
        try? reader?.forEachFrame { _, _ in true }
        right = reader?.damage == []
      } else {
        right = failure(bad)?.reason.contains("moov atom not found") == true
      }
      isRight.withLock { $0[i] = right }
    }
    #expect(isRight.withLock { $0 }.allSatisfy { $0 })
  }

  @Test func refusesFramesAboveTheLimit() throws {
    let scratch = try Scratch()
    try Numbered.write(to: scratch.path("a.mp4"), ticks: [1])
    let error = failure(scratch.path("a.mp4"), limits: DecodeLimits(maxPixels: 1000, maxSeconds: 60))
    #expect(error?.stage == .decode)
    #expect(error?.reason.contains("exceeds specified max pixel count") == true)
  }

  @Test func stopsAtTheTimeLimit() throws {
    let scratch = try Scratch()
    try Numbered.write(to: scratch.path("a.mp4"), ticks: [1])
    let error = failure(scratch.path("a.mp4"), limits: DecodeLimits(maxPixels: 1 << 20, maxSeconds: 1e-9))
    #expect(error?.reason == "it took longer than the limit of 1e-09 seconds (data.limits.maxSeconds)")
  }

  @Test func refusesPicturesAboveTheLimit() throws {
    let scratch = try Scratch()
    try Numbered.write(to: scratch.path("a.mp4"), ticks: [1])
    let reader = try VideoReader(
      path: scratch.path("a.mp4"), limits: DecodeLimits(maxPixels: 10_000, maxSeconds: 60))
    let error = #expect(throws: VideoError.self) {
      try reader.pictures(at: [0], framing: Framing(width: 640, height: 320))
    }
    #expect(error?.stage == .convert)
    #expect(
      error?.reason
        == "covering 640×320 takes 640×427 pixels, above the limit of 10000 (data.limits.maxPixels)")
  }
}
