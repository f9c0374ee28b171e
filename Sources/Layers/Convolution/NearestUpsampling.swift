import Tensors

/// Makes each pixel four: height and width double. x [B, F, H, W, C] to y [B, F, 2H, 2W, C].
public struct NearestUpsampling: Layer {
  /// A layer without parameters.
  public init() {}

  /// Backward reads nothing.
  public struct Saved {}

  /// y[2i + a, 2j + b] = x[i, j].
  public func forward(_ input: Tensor) -> (output: Tensor, saved: Saved) {
    let (lines, pixels, channels) = (input.shape[2], input.shape[3], input.shape[4])
    let output = Tensor([input.shape[0], input.shape[1], 2 * lines, 2 * pixels, channels])
    parallel(over: input.shape[0] * input.shape[1] * lines, tile: 4) { range in
      for line in range {
        let (x, y) = (input.pointer + line * pixels * channels, output.pointer + 4 * line * pixels * channels)
        for i in 0..<2 * pixels {
          (y + i * channels).update(from: x + i / 2 * channels, count: channels)
        }
        (y + 2 * pixels * channels).update(from: y, count: 2 * pixels * channels)
      }
    }
    return (output, Saved())
  }

  /// dx[i, j] = Σ dy of its four.
  public func backward(_ outputGradient: Tensor, _ saved: Saved) -> Tensor {
    let (lines, pixels) = (outputGradient.shape[2] / 2, outputGradient.shape[3] / 2)
    let channels = outputGradient.shape[4]
    let gradient = Tensor([outputGradient.shape[0], outputGradient.shape[1], lines, pixels, channels])
    parallel(over: gradient.shape[0] * gradient.shape[1] * lines, tile: 4) { range in
      for line in range {
        let upper = outputGradient.pointer + 4 * line * pixels * channels
        let lower = upper + 2 * pixels * channels
        for i in 0..<pixels {
          let (first, second) = (2 * i * channels, (2 * i + 1) * channels)
          let dx = gradient.pointer + (line * pixels + i) * channels
          sweep(channels) { c, lanes in
            let above = load(upper + first, c, lanes) + load(upper + second, c, lanes)
            let below = load(lower + first, c, lanes) + load(lower + second, c, lanes)
            store(above + below, dx, c, lanes)
          }
        }
      }
    }
    return gradient
  }
}
