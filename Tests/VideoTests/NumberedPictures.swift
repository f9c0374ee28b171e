import Foundation

@testable import Video

/// Pictures that carry a number which survives compression: three grey strips, one hexadecimal digit each.
enum Numbered {
  static func picture(_ number: Int, width: Int = 48, height: Int = 32) -> Picture {
    var picture = Picture(width: width, height: height)
    for y in 0..<height {
      for x in 0..<width {
        let digit = (number >> (4 * (x * 3 / width))) & 15
        let level = UInt8(digit * 16 + 8)
        picture[x, y] = (level, level, level)
      }
    }
    return picture
  }

  /// The number in a picture of any size with the aspect of the original.
  static func number(in picture: Picture) -> Int {
    (0..<3).reduce(0) { number, strip in
      let level = picture[picture.width * (2 * strip + 1) / 6, picture.height / 2].g
      return number | (Int(level) / 16) << (4 * strip)
    }
  }

  /// Writes a clip of the numbers 0, 1, 2, …, each shown for the given number of frame times.
  static func write(
    to path: String, ticks: [Int], frameRate: Double = 10, keyFrameEvery: Int = 250,
    tags: VideoWriter.DisplayTags = .init()
  ) throws {
    let writer = try VideoWriter(
      path: path, width: 48, height: 32, frameRate: frameRate,
      codec: .h264(crf: 12, keyFrameEvery: keyFrameEvery), tags: tags)
    for (number, ticks) in ticks.enumerated() { try writer.append(picture(number), ticks: ticks) }
    try writer.finish()
  }
}

/// A folder of its own for a test, gone when the test is.
final class Scratch {
  let folder: URL

  init() throws {
    folder = FileManager.default.temporaryDirectory.appending(path: "video-tests-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: folder) }

  func path(_ name: String) -> String { folder.appending(path: name).path }

  func bytes(_ name: String) throws -> [UInt8] { [UInt8](try Data(contentsOf: folder.appending(path: name))) }

  @discardableResult
  func write(_ bytes: some Sequence<UInt8>, to name: String) throws -> String {
    try Data(bytes).write(to: folder.appending(path: name))
    return path(name)
  }
}
