import Testing

@testable import Video

/// Real clips of many codecs and containers; skipped where they are not at hand (see `SharedClips`).
@Suite(.enabled(if: SharedClips.areHere, "the real clips are not here: set VFM_SHARED to their folder"))
struct SharedClipTests {
  private let framing = Framing(width: 32, height: 32)

  @Test(arguments: SharedClips.facts)
  func decodesAsManyFramesAsTheFFmpegCommand(facts: SharedClips.Facts) throws {
    let path = SharedClips.path(facts.file)
    guard let expected = facts.decodedFrames else {
      #expect(throws: VideoError.self) { _ = try VideoReader(path: path) }
      return
    }
    let reader = try VideoReader(path: path)
    #expect(reader.info.codec == facts.codec)
    #expect(reader.info.frameCount == facts.storedFrames)
    var times: [Double] = []
    try reader.forEachFrame(framing: framing) { _, seconds in
      times.append(seconds)
      return true
    }
    #expect(times.count == expected)
    #expect(times.first == 0)
    #expect(zip(times, times.dropFirst()).allSatisfy { $0 < $1 })
    #expect(try reader.shownDuration() >= times.last!)
  }
}
