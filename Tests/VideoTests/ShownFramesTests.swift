import Testing

@testable import Video

/// Whole covering frames, which a pack keeps, and the walk over them.
struct ShownFramesTests {
  @Test(arguments: [0, 90, 180, 270])
  func aCoveringPictureCropsToWhatTheFrameDoes(rotation: Int) throws {
    let scratch = try Scratch()
    try Numbered.write(
      to: scratch.path("a.mp4"), ticks: Array(repeating: 1, count: 3),
      tags: .init(rotation: rotation, sampleAspect: (3, 2)))
    for (width, height) in [(16, 16), (20, 9), (7, 30), (64, 64)] {
      let whole = try VideoReader(path: scratch.path("a.mp4"))
        .pictures(at: [0.1], framing: .covering(width: width, height: height))[0]
      #expect(whole.width >= width && whole.height >= height)
      #expect(whole.width == width || whole.height == height)
      for (x, y) in [(0.0, 0.0), (0.5, 0.5), (1, 1), (0.3, 0.77)] {
        let framing = Framing(width: width, height: height, cropX: x, cropY: y)
        let part = try VideoReader(path: scratch.path("a.mp4")).pictures(at: [0.1], framing: framing)[0]
        #expect(whole.cropped(to: framing) == part, "\(width)×\(height) at \(x), \(y)")
      }
    }
  }

  @Test func theWalkIsWhatIsShownAtEachTime() throws {
    let scratch = try Scratch()
    try Numbered.write(to: scratch.path("a.mp4"), ticks: [1, 3, 1, 5, 2, 9, 1], keyFrameEvery: 3)
    let framing = Framing(width: 48, height: 32)
    func walk(from start: Double, frames: Int = .max) throws -> [(
      number: Int, seconds: Double, next: Double?
    )] {
      var seen: [(Int, Double, Double?)] = []
      try VideoReader(path: scratch.path("a.mp4"))
        .forEachShownFrame(from: start, framing: framing) { seconds, next, picture in
          seen.append((Numbered.number(in: try picture()), seconds, next))
          return seen.count < frames
        }
      return seen
    }
    let all = try walk(from: 0)
    #expect(all.map(\.number) == Array(0..<7))
    #expect(all.dropFirst().map(\.seconds) == all.dropLast().map { $0.next! } && all.last?.next == nil)
    for frame in all {
      let shown = try VideoReader(path: scratch.path("a.mp4"))
        .pictures(at: [frame.seconds, (frame.next ?? 3) - 0.001], framing: framing)
      #expect(shown.map { Numbered.number(in: $0) } == [frame.number, frame.number])
    }
    #expect(try walk(from: 0.6).map(\.number) == [3, 4, 5, 6])
    #expect(try walk(from: 0.6, frames: 2).map(\.number) == [3, 4])
    #expect(try walk(from: 99).map(\.number) == [6])
  }
}
