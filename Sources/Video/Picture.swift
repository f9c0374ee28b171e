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

  /// Which way of turning decoded frames into pictures this program has: pictures of different versions differ.
  public static var conversion: Int { PictureScaler.version }

  /// The part that a framing keeps of a frame that covers it.
  public func cropped(to framing: Framing) -> Picture {
    precondition(
      width >= framing.width && height >= framing.height,
      "a picture of \(width)×\(height) does not cover \(framing.width)×\(framing.height)")
    let part = framing.part(of: (width, height))
    if part.width == width && part.height == height { return self }
    let samples = [UInt8](unsafeUninitializedCapacity: 3 * part.width * part.height) { target, count in
      pixels.withUnsafeBufferPointer { source in
        for y in 0..<part.height {
          let row = source.baseAddress! + 3 * ((part.y + y) * width + part.x)
          (target.baseAddress! + 3 * y * part.width).update(from: row, count: 3 * part.width)
        }
      }
      count = 3 * part.width * part.height
    }
    return Picture(width: part.width, height: part.height, pixels: samples)
  }

  private func offset(_ x: Int, _ y: Int) -> Int {
    precondition(
      x >= 0 && x < width && y >= 0 && y < height, "pixel (\(x), \(y)) is outside \(width)×\(height)")
    return (y * width + x) * 3
  }
}
