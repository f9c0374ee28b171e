/// A picture of 8-bit red, green and blue, as shown on a screen (full range).
public struct Picture: Sendable, Hashable {
  /// Pixels in a row.
  public let width: Int
  /// Rows, from the top.
  public let height: Int
  /// The samples, row by row, `[height, width, 3]`.
  public var pixels: [UInt8]

  /// A picture of the given samples, `[height, width, 3]`.
  public init(width: Int, height: Int, pixels: [UInt8]) {
    precondition(width > 0 && height > 0, "a picture of \(width)×\(height) has no pixels")
    precondition(
      pixels.count == width * height * 3,
      "\(pixels.count) samples do not make a picture of \(width)×\(height)×3")
    self.width = width
    self.height = height
    self.pixels = pixels
  }

  /// A picture of one colour.
  public init(width: Int, height: Int, fill colour: (r: UInt8, g: UInt8, b: UInt8) = (0, 0, 0)) {
    precondition(width > 0 && height > 0, "a picture of \(width)×\(height) has no pixels")
    let pixels = [UInt8](unsafeUninitializedCapacity: width * height * 3) { samples, count in
      for i in 0..<width * height {
        samples[3 * i] = colour.r
        samples[3 * i + 1] = colour.g
        samples[3 * i + 2] = colour.b
      }
      count = width * height * 3
    }
    self.init(width: width, height: height, pixels: pixels)
  }

  /// The colour of the pixel in column `x` from the left and row `y` from the top.
  public subscript(x: Int, y: Int) -> (r: UInt8, g: UInt8, b: UInt8) {
    get {
      let i = offset(x, y)
      return (pixels[i], pixels[i + 1], pixels[i + 2])
    }
    set {
      let i = offset(x, y)
      pixels[i] = newValue.r
      pixels[i + 1] = newValue.g
      pixels[i + 2] = newValue.b
    }
  }

  private func offset(_ x: Int, _ y: Int) -> Int {
    precondition(
      x >= 0 && x < width && y >= 0 && y < height, "pixel (\(x), \(y)) is outside \(width)×\(height)")
    return (y * width + x) * 3
  }
}
