import CLibAV
import Foundation
import Testing

@testable import Video

/// Clips in every format: what was written is what is read.
@Suite struct VideoFormatTests {
  /// Saturated patches above a gradient of all three colours, drifting; more colours than a palette holds.
  static func picture(_ t: Int, width: Int = 96, height: Int = 64) -> Picture {
    let patches: [(UInt8, UInt8, UInt8)] = [
      (255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 0), (0, 255, 255), (255, 0, 255), (255, 255, 255),
      (0, 0, 0),
    ]
    var picture = Picture(width: width, height: height)
    for y in 0..<height {
      for x in 0..<width {
        picture[x, y] =
          y < height / 2
          ? patches[(x * patches.count / width + t) % patches.count]
          : (UInt8(x * 255 / width), UInt8((y - height / 2) * 510 / height), UInt8((x * 2 + t * 8) % 256))
      }
    }
    return picture
  }

  private func write(_ pictures: [Picture], to path: String, rate: Double = 10, ticks: [Int]? = nil) throws {
    let writer = try VideoWriter(
      path: path, width: pictures[0].width, height: pictures[0].height, frameRate: rate)
    for (i, picture) in pictures.enumerated() { try writer.append(picture, ticks: ticks?[i] ?? 1) }
    try writer.finish()
  }

  private func read(_ path: String) throws -> (pictures: [Picture], times: [Double], reader: VideoReader) {
    let reader = try VideoReader(path: path)
    var (pictures, times): ([Picture], [Double]) = ([], [])
    try reader.forEachFrame { picture, seconds in
      pictures.append(picture)
      times.append(seconds)
      return true
    }
    #expect(reader.damage == [])
    return (pictures, times, reader)
  }

  private func error(_ a: Picture, _ b: Picture) -> Double {
    let sum = zip(a.pixels, b.pixels).reduce(0) { $0 + abs(Int($1.0) - Int($1.1)) }
    return Double(sum) / Double(a.pixels.count)
  }

  /// The mean error that a format may have, of 255, on the pictures above: their patches' edges are what 4:2:0 loses
  /// most on.
  private static func mostError(_ format: VideoFormat) -> Double {
    switch format {
    case .mp4: 6
    case .webm: 6
    case .gif: 6
    case .mkv: 0
    }
  }

  @Test(arguments: VideoFormat.allCases)
  func givesBackWhatWasWritten(format: VideoFormat) throws {
    let scratch = try Scratch()
    let path = scratch.path("a.\(format.rawValue)")
    let written = (0..<6).map { Self.picture($0) }
    try write(written, to: path)
    let shown = try read(path)
    #expect(shown.times == (0..<6).map { Double($0) / 10 })
    #expect(try abs(shown.reader.shownDuration() - 0.6) < 1e-9)
    for (a, b) in zip(shown.pictures, written) { #expect(error(a, b) <= Self.mostError(format)) }
  }

  /// Flat pictures of saturated colour show a wrong matrix or range, which edges could hide.
  @Test(arguments: VideoFormat.allCases)
  func keepsColours(format: VideoFormat) throws {
    let scratch = try Scratch()
    let colours: [(UInt8, UInt8, UInt8)] = [
      (255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 255), (0, 0, 0), (240, 160, 20), (16, 235, 128),
    ]
    for (i, colour) in colours.enumerated() {
      let path = scratch.path("\(i).\(format.rawValue)")
      let picture = Picture(width: 32, height: 32, fill: (r: colour.0, g: colour.1, b: colour.2))
      try write([picture, picture], to: path)
      let most = format == .gif || format == .mkv ? 0 : 4
      for shown in try read(path).pictures {
        for (a, b) in zip(shown.pixels, picture.pixels) { #expect(abs(Int(a) - Int(b)) <= most) }
      }
    }
  }

  @Test(arguments: VideoFormat.allCases)
  func givesTheSameBytesTwice(format: VideoFormat) throws {
    let scratch = try Scratch()
    let pictures = (0..<5).map { Self.picture($0) }
    for name in ["a", "b"] { try write(pictures, to: scratch.path("\(name).\(format.rawValue)")) }
    #expect(try scratch.bytes("a.\(format.rawValue)") == scratch.bytes("b.\(format.rawValue)"))
  }

  @Test(arguments: VideoFormat.allCases)
  func keepsVariableFrameRates(format: VideoFormat) throws {
    let scratch = try Scratch()
    let path = scratch.path("a.\(format.rawValue)")
    let written = (0..<4).map { Numbered.picture(0x111 * ($0 + 1)) }
    try write(written, to: path, ticks: [1, 3, 2, 4])
    let reader = try VideoReader(path: path)
    // mp4 keeps the steps of decoding: with B-frames the last frame's can be a neighbour's.
    if format != .mp4 { #expect(try abs(reader.shownDuration() - 1) < 1e-9) }
    let times = (0..<10).map { Double($0) / 10 + 0.05 }
    let shown = try reader.pictures(at: times, framing: Framing(width: 48, height: 32))
    #expect(
      shown.map { Numbered.number(in: $0) } == [1, 2, 2, 2, 3, 3, 4, 4, 4, 4].map { 0x111 * $0 })
  }

  @Test(arguments: [VideoFormat.gif, .mkv])
  func takesOddSizes(format: VideoFormat) throws {
    let scratch = try Scratch()
    let path = scratch.path("a.\(format.rawValue)")
    let written = (0..<3).map { Self.picture($0, width: 33, height: 17) }
    try write(written, to: path)
    let shown = try read(path).pictures
    #expect(shown.map(\.width) == [33, 33, 33] && shown.map(\.height) == [17, 17, 17])
    for (a, b) in zip(shown, written) { #expect(error(a, b) <= Self.mostError(format)) }
  }

  @Test(arguments: [(VideoFormat.mp4, "H.264"), (.webm, "VP9")])
  func refusesOddSizes(format: VideoFormat, codec: String) throws {
    let scratch = try Scratch()
    let error = #expect(throws: VideoError.self) {
      _ = try VideoWriter(path: scratch.path("a.\(format.rawValue)"), width: 33, height: 16, frameRate: 10)
    }
    #expect(error?.reason == "the width 33 is not even, which \(codec) in yuv420p asks for; use 32 or 34")
  }

  @Test(arguments: ["a.avi", "a", ".mp4x", "mp4", "folder.mp4/a"])
  func refusesOtherEndings(name: String) throws {
    let error = #expect(throws: VideoError.self) {
      _ = try VideoWriter(path: "/nowhere/" + name, width: 32, height: 16, frameRate: 10)
    }
    #expect(error?.reason.hasSuffix("use one of .mp4, .webm, .gif, .mkv") == true)
  }

  @Test func knowsEndingsInCapitals() { #expect(VideoFormat(path: "/a.b/C.WebM") == .webm) }

  @Test func refusesGifsThatNobodyCouldShow() throws {
    let scratch = try Scratch()
    let path = scratch.path("a.gif")
    let fast = #expect(throws: VideoError.self) {
      _ = try VideoWriter(path: path, width: 32, height: 16, frameRate: 60)
    }
    #expect(fast?.reason.contains("is not in 0…50 frames per second") == true)
    let writer = try VideoWriter(path: path, width: 32, height: 16, frameRate: 1)
    let long = #expect(throws: VideoError.self) {
      try writer.append(Picture(width: 32, height: 16), ticks: 656)
    }
    #expect(long?.reason.contains("append it several times") == true)
  }

  @Test func gifsLoopForEver() throws {
    let scratch = try Scratch()
    try write([Self.picture(0), Self.picture(1)], to: scratch.path("a.gif"))
    let bytes = try scratch.bytes("a.gif")
    let mark = Data("NETSCAPE2.0".utf8) + Data([3, 1, 0, 0])
    #expect(Data(bytes).range(of: mark) != nil)
  }

  /// What the container alone says of colour, before any packet is looked at.
  @Test(arguments: [
    (VideoFormat.mp4, AVCOL_SPC_BT709, AVCOL_RANGE_MPEG, AVCOL_TRC_BT709),
    (.webm, AVCOL_SPC_BT709, AVCOL_RANGE_MPEG, AVCOL_TRC_BT709),
    (.mkv, AVCOL_SPC_RGB, AVCOL_RANGE_JPEG, AVCOL_TRC_IEC61966_2_1),
  ])
  func tagsColours(
    format: VideoFormat, matrix: AVColorSpace, range: AVColorRange, transfer: AVColorTransferCharacteristic
  ) throws {
    let scratch = try Scratch()
    let path = scratch.path("a.\(format.rawValue)")
    try write([Self.picture(0)], to: path)
    var context: UnsafeMutablePointer<AVFormatContext>?
    #expect(avformat_open_input(&context, path, nil, nil) == 0)
    defer { avformat_close_input(&context) }
    let container = try #require(context?.pointee.streams[0]?.pointee.codecpar?.pointee)
    #expect(container.color_space == matrix)
    #expect(container.color_primaries == AVCOL_PRI_BT709)
    #expect(container.color_trc == transfer)
    // mp4 and webm have the range in the stream; all say it of the frames.
    let source = try FrameSource(
      ClipBytes(ClipFile(path: path)), limits: .standard, deadline: Deadline(seconds: 60))
    let frame = try #require(try source.next()?.memory.pointer.pointee)
    #expect(frame.colorspace == matrix)
    #expect(frame.color_range == range)
  }
}
