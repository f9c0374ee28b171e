import Tensors

// |x| and its gradient, which is 0 at 0.

/// |x| of each lane; NaN stays NaN.
@inline(__always)
func magnitude(_ x: Lanes) -> Lanes { x.replacing(with: -x, where: x .< 0) }

/// ∂|x|/∂x · factor of each lane.
@inline(__always)
func signs(_ x: Lanes, times factor: Float) -> Lanes {
  var sign = Lanes(repeating: 0)
  sign.replace(with: factor, where: x .> 0)
  sign.replace(with: -factor, where: x .< 0)
  return sign
}

/// Σ |after − x| over n floats; adds `factor` times the gradient in x of Σ |x − before| + |after − x|.
///
/// Where x has no neighbour on one side, x itself stands for it: their difference is 0, and so is its gradient. Each
/// place gathers its own gradient, so lines and frames can be computed by themselves.
@inline(__always)
func addDifferences(
  _ x: UnsafePointer<Float>, before: UnsafePointer<Float>, after: UnsafePointer<Float>, _ n: Int,
  to gradient: UnsafeMutablePointer<Float>, times factor: Float
) -> Double {
  var total = Lanes(repeating: 0)
  sweep(n) { i, c in
    let value = load(x, i, c)
    let (back, ahead) = (value - load(before, i, c), load(after, i, c) - value)
    total += magnitude(ahead)
    store(
      load(gradient, i, c) + signs(back, times: factor) - signs(ahead, times: factor), gradient, i, c)
  }
  return Double(total.total)
}
