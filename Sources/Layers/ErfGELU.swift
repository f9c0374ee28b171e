import Tensors

/// The Gaussian error linear unit as it is defined (Hendrycks and Gimpel, 2016): what PyTorch computes unless it is told
/// otherwise.
///
///     gelu(x) = x · Φ(x),   gelu′(x) = Φ(x) + x · φ(x),   Φ(x) = ½(1 + erf(x/√2)),  φ(x) = e^(−x²/2) / √(2π)
///
/// erf is formula 7.1.26 of Abramowitz and Stegun, "Handbook of mathematical functions", 1964, whose error is at most
/// 1.5e-7 and which needs the exponential that φ needs. Saves its input.
public struct ErfGELU: RemadeActivation {
  /// A layer without parameters.
  public init() {}

  /// y = gelu(x).
  public func output(of input: Tensor, as precision: Precision) -> Tensor {
    let output = Tensor(input.shape, precision)
    parallel(over: input.count, tile: 16_384) { range in
      output.fillElements(range) { first, y, count in
        let x = input.pointer + first
        sweep(count) { i, c in store(gelu(load(x, i, c)).value, y, i, c) }
      }
    }
    return output
  }

  /// y = gelu(x) is returned, and dy becomes dx = dy · gelu′(x).
  public func outputAndBackward(scaling gradient: Tensor, _ saved: Tensor, as precision: Precision) -> Tensor
  {
    outputAndBackward(scaling: gradient, saved, as: precision, applySlope)
  }
}

/// y = gelu(x), dy = dy · gelu′(x), for n floats, whole lanes.
@inline(never)
private func applySlope(
  _ x: UnsafePointer<Float>, _ dy: UnsafeMutablePointer<Float>, _ y: UnsafeMutablePointer<Float>, _ n: Int
) {
  for i in stride(from: 0, to: n, by: 16) {
    let (value, slope) = gelu(load(x, i, 16))
    store(value, y, i, 16)
    store(load(dy, i, 16) * slope, dy, i, 16)
  }
}

/// gelu(x) and its slope.
@inline(__always)
private func gelu(_ x: Lanes) -> (value: Lanes, slope: Lanes) {
  var size = x
  size.replace(with: -x, where: x .< 0)
  let density = exponential(x * x * -0.5)  // √(2π) · φ(x)
  // Φ(−|x|) = ½ e^(−x²/2) · (a₁t + … + a₅t⁵),  t = 1 / (1 + p |x| / √2)
  let t = 1 / (1 + size * 0.231_641_9)
  var series = Lanes(repeating: 1.061_405_4)
  series = Lanes(repeating: -1.453_152).addingProduct(series, t)
  series = Lanes(repeating: 1.421_413_7).addingProduct(series, t)
  series = Lanes(repeating: -0.284_496_74).addingProduct(series, t)
  series = Lanes(repeating: 0.254_829_6).addingProduct(series, t)
  let tail = 0.5 * density * series * t
  var below = tail  // Φ(x)
  below.replace(with: 1 - tail, where: x .> 0)
  return (x * below, below + x * density * 0.398_942_28)
}
