import Testing

@testable import Video

/// However a frame is reached, its picture is the one that reading from the start gives.
@Suite struct RandomAccessTests {
  /// What is read in any order is compared with this: all frames of a file, one after the other.
  struct Whole {
    let path: String
    let pictures: [Picture]
    let times: [Double]
    let framing: Framing?

    init(_ path: String, framing: Framing?) throws {
      var pictures: [Picture] = []
      var times: [Double] = []
      let reader = try VideoReader(path: path)
      try reader.forEachDecodedFrame { frame, _ in
        pictures.append(try reader.picture(of: frame, framing: framing))
        times.append(reader.shownFrom(frame))
        return true
      }
      (self.path, self.pictures, self.times, self.framing) = (path, pictures, times, framing)
    }

    /// The frame on show, by the definition: the last that is on show from t or before, up to the first one that is later.
    func number(at time: Double) -> Int {
      var shown = 0
      for (i, start) in times.enumerated() {
        if start > time + 0.5e-6 { break }
        if start >= times[shown] { shown = i }
      }
      return shown
    }

    func check(_ reader: VideoReader, at asked: [Double], _ how: String) throws {
      let pictures = try reader.pictures(at: asked, framing: framing)
      for (picture, time) in zip(pictures, asked) {
        #expect(picture == self.pictures[number(at: time)], "\(how), at \(time) s of \(asked)")
      }
    }

    func check(_ reader: VideoReader, frames: [Int], _ how: String) throws {
      let pictures = try reader.pictures(ofFrames: frames, framing: framing)
      for (picture, number) in zip(pictures, frames) {
        #expect(picture == self.pictures[number], "\(how), frame \(number) of \(frames)")
      }
    }

    /// Random samples through readers of all kinds, `rounds` of each.
    func checkAll(rounds: Int) throws {
      var random = Steps(state: UInt64(pictures.count))
      let reused = try VideoReader(path: path)
      let byNumber = try VideoReader(path: path)
      let timing = try VideoReader(path: path).timing()
      #expect(timing.duration >= times.max()!)
      for round in 0..<rounds {
        let start = Double.random(in: -0.1...timing.duration, using: &random)
        let step = [0.01, 0.125, 1].randomElement(using: &random)!
        let asked = (0..<5).map { start + Double($0) * step }
        try check(VideoReader(path: path), at: asked, "a fresh reader")
        try check(VideoReader(ClipFile(path: path), timing: timing), at: asked, "a reader with a timing")
        try check(reused, at: asked, "a reader used for other times before")
        // On one that has the table from the start, and one that has it proven.
        let frames = (0..<4).map { _ in Int.random(in: pictures.indices, using: &random) }
        if round < 3 { try check(VideoReader(path: path), frames: frames, "a fresh reader") }
        try check(byNumber, frames: frames, "a reader used for other frames before")
        try check(byNumber, at: asked, "a reader used for frames and times")
        if round == rounds / 2 {
          try check(
            VideoReader(ClipFile(path: path), timing: byNumber.timing()), frames: frames, "a proven timing")
          var count = 0
          try byNumber.forEachFrame(framing: framing) { picture, _ in
            #expect(picture == pictures[count])
            count += 1
            return count < 3
          }
        }
      }
      // Backwards, one by one.
      for number in stride(from: pictures.count - 1, through: 0, by: -max(1, pictures.count / 12)) {
        try check(reused, at: [times[number]], "backwards")
        try check(byNumber, frames: [number], "backwards")
      }
    }
  }

  /// A small generator with a seed, so that a failure comes again.
  struct Steps: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
      state &+= 0x9e37_79b9_7f4a_7c15
      var z = state
      z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
      z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
      return z ^ (z >> 31)
    }
  }

  @Test(
    .enabled(if: SharedClips.areHere, "the real clips are not here: set VFM_SHARED to their folder"),
    arguments: SharedClips.facts.filter { $0.decodedFrames != nil })
  func readsRealClipsInAnyOrder(facts: SharedClips.Facts) throws {
    try Whole(SharedClips.path(facts.file), framing: Framing(width: 40, height: 40)).checkAll(rounds: 6)
  }

  @Test(arguments: [
    ("a very long group of pictures", Array(repeating: 1, count: 400), 100_000),
    ("short groups", Array(repeating: 1, count: 200), 5),
    ("key frames only", Array(repeating: 1, count: 40), 1),
    ("a variable rate", (0..<300).map { 1 + $0 * $0 % 5 }, 30), ("one frame", [1], 10),
  ])
  func readsWrittenClipsInAnyOrder(kind: String, ticks: [Int], keyFrameEvery: Int) throws {
    let scratch = try Scratch()
    try Numbered.write(to: scratch.path("a.mp4"), ticks: ticks, keyFrameEvery: keyFrameEvery)
    let whole = try Whole(scratch.path("a.mp4"), framing: nil)
    #expect(whole.pictures.map { Numbered.number(in: $0) } == Array(ticks.indices))
    try whole.checkAll(rounds: 12)
  }

  @Test func namesTheFramesThereAre() throws {
    let scratch = try Scratch()
    let path = scratch.path("a.mp4")
    try Numbered.write(to: path, ticks: [1, 1, 1])
    let reader = try VideoReader(path: path)
    let words = { (numbers: [Int]) -> String? in
      do throws(VideoError) {
        _ = try reader.pictures(ofFrames: numbers, framing: nil)
        return nil
      } catch { return error.description }
    }
    #expect(
      words([2, 3]) == "cannot show a frame of \(path): it has no frame 3; ask for frames 0 to 2")
    #expect(words([-1, 0]) == "cannot show a frame of \(path): it has no frame -1; count frames from 0")
    #expect(words([2, 0, 2]) == nil)
    #expect(words([]) == nil)
    #expect(
      try reader.pictures(ofFrames: [2, 0, 2], framing: nil).map { Numbered.number(in: $0) } == [2, 0, 2])
  }

  /// With a timing, opening decodes nothing, and only a stretch from a key frame on is read.
  @Test func opensFromATiming() throws {
    let scratch = try Scratch()
    let path = scratch.path("a.mp4")
    try Numbered.write(to: path, ticks: Array(repeating: 1, count: 300), keyFrameEvery: 50)
    let timing = try VideoReader(path: path).timing()
    let reader = try VideoReader(ClipFile(path: path), timing: timing)
    #expect(reader.current == nil && reader.info == timing.info)
    #expect(try reader.shownDuration() == 30)
    #expect(try reader.pictures(at: [22], framing: nil).map { Numbered.number(in: $0) } == [220])
    #expect(reader.seeks == 1 && reader.opened == 1)
  }

  /// Where frames are shown later than decoded, a seek leads to the key frame before the wanted one all the same.
  @Test func seeksToTheLastKeyFrame() throws {
    let scratch = try Scratch()
    let path = scratch.path("a.mp4")
    try Numbered.write(to: path, ticks: Array(repeating: 1, count: 300), keyFrameEvery: 50)
    let reader = try VideoReader(ClipFile(path: path), timing: VideoReader(path: path).timing())
    let table = try #require(try reader.frameTable())
    let key = try #require(table.key(atOrBefore: 220))
    #expect(key.number > 150 && key.seekTime < key.ticks)
    #expect(try reader.pictures(at: [22], framing: nil).map { Numbered.number(in: $0) } == [220])
    #expect(reader.source.leftOut.min() == key.ticks)
  }

  /// Where a stream does not say how many frames it shows later than it decodes them, none is lost.
  @Test func findsAllFramesOfAHeaderThatTellsLittle() throws {
    let scratch = try Scratch()
    let (whole, little) = (scratch.path("a.mp4"), scratch.path("a.mkv"))
    try Numbered.write(to: whole, ticks: Array(repeating: 1, count: 120))
    try Remuxed.copy(
      whole, to: little, container: "matroska", editHeader: H264Header.dropOptionalParts)
    let (one, other) = (try Whole(whole, framing: nil), try Whole(little, framing: nil))
    #expect(other.pictures.map { Numbered.number(in: $0) } == Array(0..<120))
    #expect(one.pictures == other.pictures)
    try other.checkAll(rounds: 6)
  }

  /// A timing of other bytes is of no use, and does no harm.
  @Test func ignoresATimingOfAnotherFile() throws {
    let scratch = try Scratch()
    try Numbered.write(to: scratch.path("a.mp4"), ticks: Array(repeating: 1, count: 100), keyFrameEvery: 10)
    try Numbered.write(to: scratch.path("b.mp4"), ticks: Array(repeating: 3, count: 100), keyFrameEvery: 7)
    let timing = try VideoReader(path: scratch.path("a.mp4")).timing()
    let reader = try VideoReader(ClipFile(path: scratch.path("b.mp4")), timing: timing)
    #expect(try reader.shownDuration() > 29)
    #expect(try reader.pictures(at: [15], framing: nil).map { Numbered.number(in: $0) } == [50])
  }
}
