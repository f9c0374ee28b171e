import Foundation
import Testing

@testable import Video

@Suite struct VideoWriterTests {
  /// A picture with smooth colour, on which 4:2:0 and the encoder lose little.
  private func gradient(_ t: Int, width: Int = 64, height: Int = 48) -> Picture {
    var picture = Picture(width: width, height: height)
    for y in 0..<height {
      for x in 0..<width {
        picture[x, y] = (UInt8(x * 255 / (width - 1)), UInt8(y * 255 / (height - 1)), UInt8(40 + 5 * t))
      }
    }
    return picture
  }

  @Test func givesBackThePicturesItWrote() throws {
    let scratch = try Scratch()
    let pictures = (0..<8).map { gradient($0) }
    let writer = try VideoWriter(
      path: scratch.path("a.mp4"), width: 64, height: 48, frameRate: 10, codec: .h264(crf: 4))
    for picture in pictures { try writer.append(picture) }
    try writer.finish()

    let reader = try VideoReader(path: scratch.path("a.mp4"))
    var times: [Double] = []
    try reader.forEachFrame { picture, seconds in
      let written = pictures[times.count]
      let errors = zip(picture.pixels, written.pixels).map { abs(Int($0) - Int($1)) }
      #expect(Double(errors.reduce(0, +)) / Double(errors.count) < 1.5)
      times.append(seconds)
      return true
    }
    #expect(times == (0..<8).map { Double($0) / 10 })
    #expect(reader.damage == [])
    #expect(reader.info.codec == "h264")
    #expect(reader.info.pixelFormat == "yuv420p")
    #expect(reader.info.frameRate == 10)
    #expect(reader.info.frameCount == 8)
    #expect(reader.info.duration == 0.8)
  }

  @Test(
    arguments: [(255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 255), (0, 0, 0), (240, 160, 20)]
      as [(UInt8, UInt8, UInt8)])
  func keepsColours(colour: (UInt8, UInt8, UInt8)) throws {
    let scratch = try Scratch()
    let picture = Picture(width: 32, height: 32, fill: (r: colour.0, g: colour.1, b: colour.2))
    let writer = try VideoWriter(
      path: scratch.path("a.mp4"), width: 32, height: 32, frameRate: 25, codec: .h264(crf: 0))
    try writer.append(picture)
    try writer.finish()
    let shown = try VideoReader(path: scratch.path("a.mp4"))
      .pictures(at: [0], framing: Framing(width: 32, height: 32))[0]
    for (a, b) in zip(shown.pixels, picture.pixels) { #expect(abs(Int(a) - Int(b)) <= 3) }
  }

  @Test func writesTheSameBytesTwice() throws {
    let scratch = try Scratch()
    for name in ["a.mp4", "b.mp4"] {
      let writer = try VideoWriter(path: scratch.path(name), width: 64, height: 48, frameRate: 29.97)
      for t in 0..<20 { try writer.append(gradient(t)) }
      try writer.finish()
    }
    let bytes = try scratch.bytes("a.mp4")
    #expect(try bytes == scratch.bytes("b.mp4"))
    // The index before the data: a browser shows the clip while it loads.
    let text = String(decoding: bytes, as: Unicode.ASCII.self)
    #expect(text.range(of: "moov")!.lowerBound < text.range(of: "mdat")!.lowerBound)
  }

  @Test func refusesOddSizes() throws {
    let scratch = try Scratch()
    let error = #expect(throws: VideoError.self) {
      _ = try VideoWriter(path: scratch.path("a.mp4"), width: 64, height: 33, frameRate: 10)
    }
    #expect(error?.stage == .encode)
    #expect(error?.reason == "the height 33 is not even, which H.264 in yuv420p asks for; use 32 or 34")
  }

  @Test(arguments: [0, -1, Double.infinity, .nan])
  func refusesFrameRates(rate: Double) throws {
    let scratch = try Scratch()
    let error = #expect(throws: VideoError.self) {
      _ = try VideoWriter(path: scratch.path("a.mp4"), width: 64, height: 32, frameRate: rate)
    }
    #expect(error?.reason.contains("frame rate of \(rate)") == true)
  }

  @Test func refusesAFolderThatIsNotThere() throws {
    let scratch = try Scratch()
    let path = scratch.path("nowhere/a.mp4")
    let error = #expect(throws: VideoError.self) {
      _ = try VideoWriter(path: path, width: 64, height: 32, frameRate: 10)
    }
    #expect(error?.stage == .write)
    #expect(error?.description.hasPrefix("cannot write \(path)") == true)
    #expect(error?.reason.contains("No such file or directory") == true)
  }

  @Test func refusesToFinishAnEmptyClip() throws {
    let scratch = try Scratch()
    let writer = try VideoWriter(path: scratch.path("a.mp4"), width: 64, height: 32, frameRate: 10)
    let error = #expect(throws: VideoError.self) { try writer.finish() }
    #expect(error?.reason == "no picture was appended before finishing")
  }

  @Test func leavesNoUnfinishedFile() throws {
    let scratch = try Scratch()
    do {
      let writer = try VideoWriter(path: scratch.path("a.mp4"), width: 64, height: 48, frameRate: 10)
      try writer.append(gradient(0))
    }
    #expect(!FileManager.default.fileExists(atPath: scratch.path("a.mp4")))
  }
}
