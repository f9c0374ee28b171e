import Testing

@testable import Video

@Suite struct LumaPictureTests {
  private let scratch: Scratch
  init() throws { scratch = try Scratch() }

  /// The first frame of a clip whose left third is black, whose middle is grey and whose right third is white.
  private func luma(side: Int, tags: VideoWriter.DisplayTags = .init()) throws -> LumaPicture {
    let writer = try VideoWriter(
      path: scratch.path("a.mp4"), width: 96, height: 32, frameRate: 10, codec: .h264(crf: 4), tags: tags)
    var picture = Picture(width: 96, height: 32)
    for y in 0..<32 {
      for x in 0..<96 {
        let level = UInt8([0, 128, 255][x / 32])
        picture[x, y] = (level, level, level)
      }
    }
    for _ in 0..<3 { try writer.append(picture) }
    try writer.finish()
    var pictures: [LumaPicture] = []
    var times: [Double] = []
    let reader = try VideoReader(path: scratch.path("a.mp4"))
    try reader.forEachLuma(side: side) {
      pictures.append($0)
      times.append($1)
      return true
    }
    #expect(times == [0, 0.1, 0.2])
    return pictures[0]
  }

  @Test(arguments: [12, 24, 96])
  func showsTheWholeFrameInFullRange(side: Int) throws {
    let picture = try luma(side: side)
    #expect(picture.side == side)
    for y in [0, side / 2, side - 1] {
      for (third, level) in [0, 128, 255].enumerated() {
        let sample = picture.samples[y * side + (2 * third + 1) * side / 6]
        #expect(abs(Int(sample) - level) <= 3, "\(third): \(sample)")
      }
    }
  }

  @Test(arguments: [(90, 1), (180, 2), (270, 3)])
  func isTurnedAsDisplayed(rotation: Int, quarters: Int) throws {
    let picture = try luma(side: 24, tags: VideoWriter.DisplayTags(rotation: rotation))
    // Black is at the left in the file: at the top, the right or the bottom once turned clockwise.
    let places = [(2, 12), (12, 2), (21, 12), (12, 21)]
    for (quarter, place) in places.enumerated() {
      let isDark = picture.samples[place.1 * 24 + place.0] < 10
      #expect(isDark == (quarter == quarters), "\(quarter)")
    }
  }

  @Test func theDurationNeedsNoSecondDecoding() throws {
    _ = try luma(side: 12)
    let reader = try VideoReader(path: scratch.path("a.mp4"))
    try reader.forEachLuma(side: 12) { _, _ in true }
    #expect(try reader.shownDuration() == 0.3)
    #expect(reader.opened == 1)
  }
}
