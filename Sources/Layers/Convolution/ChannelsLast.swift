import Tensors

/// Lays the channels of each pixel, or of each patch of pixels, side by side.
///
/// Clips [B, C, F, H, W] to [B, F, H/p, W/p, C·p²] and back; within a patch channel c·p² + x·p + y, as in Wan 2.2's
/// autoencoder. Either direction is the other's gradient.
public struct ChannelsLast: Sendable {
  /// p, which divides height and width.
  public let patch: Int

  /// A layer without parameters.
  public init(patch: Int = 1) { self.patch = patch }

  /// Clips to rows of channels.
  public func forward(_ clips: Tensor) -> Tensor {
    let s = clips.shape
    let rows = Tensor([s[0], s[2], s[3] / patch, s[4] / patch, s[1] * patch * patch])
    eachPixel(s) { pixel, place in rows.pointer[place] = clips.pointer[pixel] }
    return rows
  }

  /// Rows of channels to clips of C channels.
  public func backward(_ rows: Tensor) -> Tensor {
    let s = rows.shape
    let shape = [s[0], s[4] / (patch * patch), s[1], s[2] * patch, s[3] * patch]
    let clips = Tensor(shape)
    eachPixel(shape) { pixel, place in clips.pointer[pixel] = rows.pointer[place] }
    return clips
  }

  private func eachPixel(_ shape: [Int], _ body: (_ pixel: Int, _ place: Int) -> Void) {
    let (channels, frames, height, width, p) = (shape[1], shape[2], shape[3], shape[4], patch)
    precondition(height % p == 0 && width % p == 0, "patch \(p) does not divide clips \(shape)")
    parallel(over: shape[0] * frames * height, tile: 8) { range in
      for line in range {
        let (y, frame) = (line % height, line / height)
        let (f, b) = (frame % frames, frame / frames)
        let first = (frame * (height / p) + y / p) * (width / p)
        for c in 0..<channels {
          let start = (((b * channels + c) * frames + f) * height + y) * width
          for x in 0..<width {
            body(start + x, (first + x / p) * channels * p * p + (c * p + x % p) * p + y % p)
          }
        }
      }
    }
  }
}
