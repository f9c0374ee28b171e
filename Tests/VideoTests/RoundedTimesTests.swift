import Testing

@testable import Video

/// Containers round times; the same packets give the same frames all the same.
@Suite struct RoundedTimesTests {
  struct Container: Sendable, CustomTestStringConvertible {
    let name: String, ending: String
    var options: [String: String] = [:]
    var testDescription: String { "\(name) \(options)" }
  }

  /// Ticks of a millisecond, of a millisecond again, of 1/90000 s, and long ones with a rate that is a mean of rounded times.
  static let containers = [
    Container(name: "matroska", ending: "mkv"), Container(name: "flv", ending: "flv"),
    Container(name: "mpegts", ending: "ts"),
    Container(name: "mp4", ending: "mp4", options: ["video_track_timescale": "1000"]),
    Container(name: "mp4", ending: "mp4", options: ["video_track_timescale": "600"]),
  ]

  @Test(arguments: containers, [24, 24000.0 / 1001, 25, 30000.0 / 1001, 12, 15, 50, 60])
  func framesAreThoseOfExactTimes(container: Container, rate: Double) throws {
    let scratch = try Scratch()
    let count = 150
    let exact = scratch.path("exact.mp4")
    try Numbered.write(
      to: exact, ticks: Array(repeating: 1, count: count), frameRate: rate, keyFrameEvery: 20)
    let rounded = scratch.path("rounded." + container.ending)
    try Remuxed.copy(exact, to: rounded, container: container.name, options: container.options)
    func numbers(_ path: String, _ times: [Double]) throws -> [Int] {
      try VideoReader(path: path).pictures(at: times, framing: nil).map { Numbered.number(in: $0) }
    }
    // Few times are read in order, many by the table of frames.
    for frames in [20, count] {
      for every in [1, 2, 3] {
        let wanted = Array(stride(from: 0, to: frames, by: every))
        #expect(try numbers(rounded, wanted.map { Double($0) / rate }) == wanted, "\(frames) by \(every)")
      }
    }
    // From anywhere between two frames, at the clip's own rate: none is shown twice, none is left out.
    for start in [0.3, 0.501, 7.25, 41.8] {
      let shown = try numbers(rounded, (0..<60).map { (start + Double($0)) / rate })
      #expect(zip(shown, shown.dropFirst()).allSatisfy { $1 == $0 + 1 }, "from \(start): \(shown)")
      #expect(shown.first == Int(start), "from \(start): \(shown)")
    }
    // Mp4 may keep no duration for its last packet.
    let (last, end) = (Double(count - 1) / rate, Double(count) / rate)
    let duration = try VideoReader(path: rounded).shownDuration()
    #expect(duration > last - 0.002 && duration < end + 0.002, "\(duration) s instead of \(end) s")
  }

  @Test(arguments: [24.0, 12, 30000.0 / 1001])
  func webmShowsEachFrameOnce(rate: Double) throws {
    let scratch = try Scratch()
    let path = scratch.path("a.webm")
    let writer = try VideoWriter(path: path, width: 48, height: 32, frameRate: rate)
    for number in 0..<50 { try writer.append(Numbered.picture(number)) }
    try writer.finish()
    let pictures = try VideoReader(path: path).pictures(
      at: (0..<50).map { Double($0) / rate }, framing: nil)
    #expect(pictures.map { Numbered.number(in: $0) } == Array(0..<50))
  }

  /// Times that are no rounded ones stay as they are.
  @Test func variableRatesAndLongTicksKeepTheirTimes() throws {
    let scratch = try Scratch()
    let path = scratch.path("a.mp4")
    try Numbered.write(to: path, ticks: [1, 3, 1, 5, 2], frameRate: 10)
    var times: [Double] = []
    try VideoReader(path: path).forEachFrame { _, seconds in
      times.append(seconds)
      return true
    }
    for (time, expected) in zip(times, [0, 0.1, 0.4, 0.5, 1]) { #expect(abs(time - expected) < 1e-4) }
    // A gif counts in hundredths: at 25 a second its ticks are a quarter of a frame, and none of them is rounded.
    let gif = scratch.path("a.gif")
    let writer = try VideoWriter(path: gif, width: 48, height: 32, frameRate: 25)
    for number in 0..<10 { try writer.append(Numbered.picture(number)) }
    try writer.finish()
    let shown = try VideoReader(path: gif).pictures(at: [0.039, 0.04, 0.079, 0.081], framing: nil)
    #expect(shown.map { Numbered.number(in: $0) } == [0, 1, 1, 2])
  }
}
