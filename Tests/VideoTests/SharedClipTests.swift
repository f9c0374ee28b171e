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

  /// Open and closed groups of pictures, B-frames, variable rates, and an index by decoding or by showing time.
  @Test(arguments: [
    "bikes.mp4", "nasa_13013.mp4", "fixture.3gp", "flipping_a_pancake.mkv", "var_fps_video.mp4",
  ])
  func leapsToWhatDecodingFromTheStartGives(file: String) throws {
    let path = SharedClips.path(file)
    var all: [(picture: Picture, seconds: Double)] = []
    try VideoReader(path: path).forEachFrame(framing: framing) { picture, seconds in
      all.append((picture, seconds))
      return true
    }
    var seeks = 0
    for i in stride(from: 0, to: all.count - 3, by: all.count / 6) {
      let reader = try VideoReader(path: path)
      let pictures = try reader.pictures(at: [all[i].seconds, all[i + 3].seconds], framing: framing)
      #expect(pictures == [all[i].picture, all[i + 3].picture], "from frame \(i)")
      seeks += reader.seeks
    }
    #expect(seeks > 0)
  }

  @Test(arguments: [
    // As displayed: a phone's rotation, pixels that are not square, both streams of one file, the first size.
    ("video_90.mov", 320, 568, 90), ("video_180.mov", 568, 320, 180), ("video_270.mov", 320, 568, 270),
    ("nasa_13013_rotated.mp4", 270, 480, 270), ("carphone_pristine.mp4", 193, 144, 0),
    ("fixture.mxf", 768, 576, 0), ("nasa_13013.mp4", 320, 180, 0),
    ("vp80-03-segmentation-1436.ivf", 352, 288, 0),
  ])
  func knowsTheSizeAsDisplayed(file: String, width: Int, height: Int, rotation: Int) throws {
    let info = try VideoReader(path: SharedClips.path(file)).info
    #expect(info.width == width && info.height == height && info.rotation == rotation)
  }

  @Test func tellsOfDamage() throws {
    let reader = try VideoReader(path: SharedClips.path("corrupted.mp4"))
    try reader.forEachFrame(framing: framing) { _, _ in true }
    #expect(reader.damage.contains { $0.description.contains("Invalid data found when processing input") })
    #expect(reader.damage.allSatisfy { $0.frame != nil && $0.seconds != nil })
  }
}
