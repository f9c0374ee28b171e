import Foundation
import Testing

@testable import Video

@Suite struct VideoReaderTests {
  private let framing = Framing(width: 48, height: 32)

  private func numbers(_ reader: VideoReader, at times: [Double]) throws -> [Int] {
    try reader.pictures(at: times, framing: framing).map(Numbered.number)
  }

  @Test func showsTheFrameThatIsOnAtATime() throws {
    let scratch = try Scratch()
    try Numbered.write(to: scratch.path("a.mp4"), ticks: Array(repeating: 1, count: 20))
    let reader = try VideoReader(path: scratch.path("a.mp4"))
    #expect(try numbers(reader, at: [0, 0.05, 0.0999, 0.1, 0.19, 0.9, 1.0]) == [0, 0, 0, 1, 1, 9, 10])
    // Half a microsecond is forgiven, a whole one is not.
    #expect(try numbers(reader, at: [0.1 - 0.4e-6]) == [1])
    #expect(try numbers(reader, at: [0.1 - 1e-6]) == [0])
    // Before the start the first, after the end the last.
    #expect(try numbers(reader, at: [-1, 1.9, 2, 1000]) == [0, 19, 19, 19])
    #expect(try numbers(reader, at: []) == [])
  }

  @Test func followsAVariableRate() throws {
    let scratch = try Scratch()
    // Shown at 0, 0.1, 0.4, 0.5, 1.0 and gone at 1.1.
    try Numbered.write(to: scratch.path("a.mp4"), ticks: [1, 3, 1, 5, 1])
    let reader = try VideoReader(path: scratch.path("a.mp4"))
    #expect(
      try numbers(reader, at: (0..<13).map { Double($0) / 10 }) == [0, 1, 1, 1, 2, 3, 3, 3, 3, 3, 4, 4, 4])
    #expect(try reader.shownDuration() == 1.1)
    var times: [Double] = []
    try reader.forEachFrame(framing: framing) { picture, seconds in
      #expect(Numbered.number(in: picture) == times.count)
      times.append(seconds)
      return true
    }
    #expect(times == [0, 0.1, 0.4, 0.5, 1.0])
  }

  @Test func goesOnFromWhereItIsAndBackToTheStart() throws {
    let scratch = try Scratch()
    try Numbered.write(to: scratch.path("a.mp4"), ticks: Array(repeating: 1, count: 30))
    let reader = try VideoReader(path: scratch.path("a.mp4"))
    #expect(try numbers(reader, at: [0.5]) == [5])
    #expect(try numbers(reader, at: [0.5, 0.7]) == [5, 7])
    #expect(reader.opened == 1)
    #expect(try numbers(reader, at: [0.2]) == [2])
    #expect(reader.opened == 2)
    var seen: [Int] = []
    try reader.forEachFrame(framing: framing) { picture, _ in
      seen.append(Numbered.number(in: picture))
      return seen.count < 4
    }
    #expect(seen == [0, 1, 2, 3])
    #expect(try numbers(reader, at: [0.3]) == [3])
  }

  @Test(arguments: [25, 100, 250])
  func leapsToWhatDecodingFromTheStartGives(keyFrameEvery: Int) throws {
    let scratch = try Scratch()
    try Numbered.write(
      to: scratch.path("a.mp4"), ticks: (0..<600).map { $0 % 7 == 3 ? 2 : 1 }, keyFrameEvery: keyFrameEvery)
    let path = scratch.path("a.mp4")
    var all: [(Picture, Double)] = []
    try VideoReader(path: path).forEachFrame(framing: framing) { picture, seconds in
      all.append((picture, seconds))
      return true
    }
    #expect(all.map { Numbered.number(in: $0.0) } == Array(0..<600))

    for wanted in [[599], [70], [120, 121, 500], [250], [249, 251, 420, 421]] {
      let reader = try VideoReader(path: path)
      let pictures = try reader.pictures(at: wanted.map { all[$0].1 }, framing: framing)
      #expect(pictures == wanted.map { all[$0].0 }, "frames \(wanted)")
      if wanted == [599] { #expect(reader.seeks == 1 && reader.opened == 1) }
    }
  }

  @Test(arguments: [0, 90, 180, 270])
  func turnsTheFrameAsItIsShown(rotation: Int) throws {
    let scratch = try Scratch()
    // A red pixel block in the left upper corner of a coded frame of 64×32.
    var picture = Picture(width: 64, height: 32, fill: (0, 0, 0))
    for y in 0..<16 { for x in 0..<16 { picture[x, y] = (255, 0, 0) } }
    let writer = try VideoWriter(
      path: scratch.path("a.mp4"), width: 64, height: 32, frameRate: 10, codec: .h264(crf: 4),
      tags: .init(rotation: rotation))
    try writer.append(picture)
    try writer.finish()

    let reader = try VideoReader(path: scratch.path("a.mp4"))
    #expect(reader.info.rotation == rotation)
    let isUpright = rotation % 180 == 0
    #expect(reader.info.width == (isUpright ? 64 : 32) && reader.info.height == (isUpright ? 32 : 64))
    var shown: Picture?
    try reader.forEachFrame { picture, _ in
      shown = picture
      return true
    }
    let (w, h) = (reader.info.width, reader.info.height)
    #expect(shown?.width == w && shown?.height == h)
    // Clockwise: left upper, right upper, right lower, left lower.
    let corners = [(4, 4), (w - 5, 4), (w - 5, h - 5), (4, h - 5)]
    for (i, corner) in corners.enumerated() {
      let red = shown![corner.0, corner.1].r
      #expect(i == rotation / 90 ? red > 220 : red < 30, "corner \(i) at \(rotation)°")
    }
    // The crop is a crop of what is shown: the corner with the block is at its edge.
    let corner = corners[rotation / 90]
    let cropped = try reader.pictures(
      at: [0],
      framing: Framing(width: 16, height: 16, cropX: corner.0 < 8 ? 0 : 1, cropY: corner.1 < 8 ? 0 : 1))[0]
    let x = corner.0 < 8 ? 2 : 13
    let y = corner.1 < 8 ? 2 : 13
    #expect(cropped[x, y].r > 200)
    #expect(cropped[15 - x, 15 - y].r < 50)
  }

  @Test func stretchesPixelsThatAreNotSquare() throws {
    let scratch = try Scratch()
    try Numbered.write(
      to: scratch.path("a.mp4"), ticks: [1], tags: .init(sampleAspect: (width: 3, height: 2)))
    let reader = try VideoReader(path: scratch.path("a.mp4"))
    #expect(reader.info.width == 72 && reader.info.height == 32)
    try reader.forEachFrame { picture, _ in
      #expect(picture.width == 72 && picture.height == 32)
      return true
    }
  }
}
