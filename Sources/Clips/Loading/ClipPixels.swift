import Video

/// The pixels of one sample as bytes, [3, F, H, W]: a quarter of the memory that floats need.
struct ClipPixels: Sendable, Equatable {
  let values: [UInt8]

  /// Takes interleaved RGB pictures apart into planes.
  init(_ pictures: [Picture], shape: ClipShape) {
    let plane = shape.height * shape.width
    precondition(
      pictures.count == shape.frames && pictures.allSatisfy { $0.pixels.count == 3 * plane },
      "the pictures are not of the shape")
    values = [UInt8](unsafeUninitializedCapacity: shape.count) { buffer, count in
      for (frame, picture) in pictures.enumerated() {
        picture.pixels.withUnsafeBufferPointer { pixels in
          for channel in 0..<3 {
            let target = buffer.baseAddress! + (channel * shape.frames + frame) * plane
            for i in 0..<plane { target[i] = pixels[3 * i + channel] }
          }
        }
      }
      count = shape.count
    }
  }

  /// Writes the pixels as floats from −1 (byte 0) to 1 (byte 255).
  func write(to floats: UnsafeMutablePointer<Float>) {
    values.withUnsafeBufferPointer { bytes in
      for i in 0..<bytes.count { floats[i] = Float(bytes[i]) / 127.5 - 1 }
    }
  }
}
