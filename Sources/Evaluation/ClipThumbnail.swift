import Video

/// A clip in small, so that many can be compared: each frame, whatever its size and shape, as 16 × 16 pixels, the area
/// averages of red, green and blue.
public struct ClipThumbnail: Sendable, Equatable {
  /// Rows and columns of a frame.
  public static let side = 16
  /// Frames of the clip.
  public let frames: Int
  /// The bytes, `[F, 16, 16, 3]`.
  let samples: [UInt8]

  /// The thumbnail of a clip.
  public init(_ clip: [Picture]) {
    precondition(!clip.isEmpty, "a clip is one or more pictures")
    frames = clip.count
    samples = clip.flatMap(Self.averages)
  }

  /// The sum of squared differences of all bytes: whole numbers, so it is exact.
  func squaredError(to other: ClipThumbnail) -> Int {
    precondition(
      frames == other.frames, "clips of \(frames) and of \(other.frames) frames cannot be compared")
    let bytes = samples.count / frames
    return samples.withUnsafeBufferPointer { a in
      other.samples.withUnsafeBufferPointer { b in
        (0..<frames).reduce(0) { total, frame in
          // The sum of a frame fits: 768 · 255² is below 2³¹.
          var sum: Int32 = 0
          for i in frame * bytes..<(frame + 1) * bytes {
            let difference = Int32(a[i]) &- Int32(b[i])
            sum &+= difference &* difference
          }
          return total + Int(sum)
        }
      }
    }
  }

  /// The area averages of a picture, [16, 16, 3], rounded to the nearest byte.
  ///
  /// Lengths are counted in sixteenths of a pixel: there a pixel and a cell have whole lengths, 16 and the picture's
  /// width or height, and all sums are exact.
  private static func averages(_ picture: Picture) -> [UInt8] {
    var sums = [Int](repeating: 0, count: side * side * 3)
    var row = [Int](repeating: 0, count: side * 3)
    for y in 0..<picture.height {
      for i in row.indices { row[i] = 0 }
      for x in 0..<picture.width {
        let pixel = (y * picture.width + x) * 3
        forEachCell(of: x, in: picture.width) { cell, length in
          for channel in 0..<3 { row[cell * 3 + channel] += length * Int(picture.pixels[pixel + channel]) }
        }
      }
      forEachCell(of: y, in: picture.height) { cell, length in
        for i in row.indices { sums[cell * side * 3 + i] += length * row[i] }
      }
    }
    let area = picture.width * picture.height
    return sums.map { UInt8(($0 + area / 2) / area) }
  }

  /// Calls `body` with each of the 16 cells that a pixel reaches into, and how far.
  private static func forEachCell(of pixel: Int, in size: Int, _ body: (_ cell: Int, _ length: Int) -> Void) {
    let (start, end) = (pixel * side, (pixel + 1) * side)
    for cell in start / size...(end - 1) / size {
      body(cell, min(end, (cell + 1) * size) - max(start, cell * size))
    }
  }
}
