import Tensors

// Element-wise activations. Each saves its input, and backward computes the slope anew from it: cheaper than a second
// buffer.

/// An activation whose backward can make the output anew while it computes the slope, for both share their exponential.
public protocol RemadeActivation: Layer where Saved == Tensor {
  /// y of x's shape, at a precision, for products that are all that read it.
  func output(of input: Tensor, as precision: Precision) -> Tensor
  /// Backward and forward again in one pass: dy becomes dx in place, and y is returned, at a precision.
  func outputAndBackward(scaling gradient: Tensor, _ saved: Tensor, as precision: Precision) -> Tensor
}

extension RemadeActivation {
  /// y of x's shape.
  public func forward(_ input: Tensor) -> (output: Tensor, saved: Tensor) {
    (output(of: input, as: .float32), input)
  }

  /// dx = dy · slope(x).
  public func backward(_ outputGradient: Tensor, _ saved: Tensor) -> Tensor {
    let gradient = outputGradient.copied()
    _ = outputAndBackward(scaling: gradient, saved, as: .float32)
    return gradient
  }
}

/// The Gaussian error linear unit in its tanh form (Hendrycks and Gimpel, 2016).
///
///     gelu(x) = x · ½(1 + tanh u) = x · σ(2u),   u = √(2/π) · (x + 0.044715 x³)
public struct TanhGELU: RemadeActivation {
  /// A layer without parameters.
  public init() {}

  /// y = gelu(x).
  public func output(of input: Tensor, as precision: Precision) -> Tensor {
    mapped(input, as: precision) { gelu($0).value }
  }

  /// y = gelu(x) is returned, and dy becomes dx = dy · gelu′(x).
  public func outputAndBackward(scaling gradient: Tensor, _ saved: Tensor, as precision: Precision) -> Tensor
  {
    outputAndBackward(scaling: gradient, saved, as: precision, applySlope)
  }
}

extension RemadeActivation {
  /// Calls `apply` with x, dy and y of whole lanes, of which it makes y and the new dy.
  func outputAndBackward(
    scaling gradient: Tensor, _ saved: Tensor, as precision: Precision,
    _ apply: (UnsafePointer<Float>, UnsafeMutablePointer<Float>, UnsafeMutablePointer<Float>, Int) -> Void
  ) -> Tensor {
    precondition(gradient.count == saved.count, "shapes \(gradient.shape) and \(saved.shape) differ")
    let output = Tensor(saved.shape, precision)
    parallel(over: saved.count, tile: tile) { range in
      output.fillElements(range) { start, y, count in
        let (x, dy, whole) = (saved.pointer + start, gradient.pointer + start, count & ~15)
        apply(x, dy, y, whole)
        let rest = count - whole
        guard rest > 0 else { return }
        withUnsafeTemporaryAllocation(of: Lanes.self, capacity: 3) { end in
          end[0] = load(x, whole, rest)
          end[1] = load(dy, whole, rest)
          end.withMemoryRebound(to: Float.self) {
            apply($0.baseAddress!, $0.baseAddress! + 16, $0.baseAddress! + 32, 16)
          }
          store(end[1], dy, whole, rest)
          store(end[2], y, whole, rest)
        }
      }
    }
    return output
  }
}

/// y = gelu(x), dy = dy · gelu′(x), for n floats, whole lanes. A function of its own: within a closure of `sweep`, the
/// exponential would not be inlined.
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

/// The sigmoid linear unit, also called swish.
///
///     silu(x) = x · σ(x),   silu′(x) = σ(x) · (1 + x · (1 − σ(x)))
public struct SiLU: Layer {
  /// A layer without parameters.
  public init() {}

  /// y of x's shape.
  public func forward(_ input: Tensor) -> (output: Tensor, saved: Tensor) {
    (mapped(input) { $0 * sigmoid($0) }, input)
  }

  /// dx = dy · silu′(x).
  public func backward(_ outputGradient: Tensor, _ saved: Tensor) -> Tensor {
    mapped(outputGradient, saved) { dy, x in
      let s = sigmoid(x)
      return dy * s * (1 + x * (1 - s))
    }
  }
}

/// The gated unit of T5 v1.1 (Shazeer, "GLU variants improve transformer", 2020).
///
///     y = gelu(a) · b
public struct GatedGELU {
  /// A layer without parameters.
  public init() {}

  /// What backward reads.
  public struct Saved {
    let gate: Tensor
    let value: Tensor
  }

  /// a and b of one shape give y of that shape, kept at a precision.
  public func forward(_ gate: Tensor, _ value: Tensor, as precision: Precision = .float32) -> (
    output: Tensor, saved: Saved
  ) {
    (mapped(gate, value, as: precision) { a, b in gelu(a).value * b }, Saved(gate: gate, value: value))
  }

  /// The gradients of both inputs.
  public func backward(_ outputGradient: Tensor, _ saved: Saved) -> (gate: Tensor, value: Tensor) {
    let valueGradient = mapped(outputGradient, saved.gate) { dy, a in dy * gelu(a).value }
    let gateGradient = mapped(outputGradient, saved.gate, saved.value) { dy, a, b in dy * b * gelu(a).slope }
    return (gateGradient, valueGradient)
  }
}

/// gelu(x) and its slope σ(2u) + x · σ(2u)(1 − σ(2u)) · 2u′.
@inline(__always)
private func gelu(_ x: Lanes) -> (value: Lanes, slope: Lanes) {
  let twoRootTwoOverPi: Float = 1.595_769_1
  let square = x * x
  // σ(2u), spelled out: called, it would not be inlined.
  let s = 1 / (1 + exponential(-(x * twoRootTwoOverPi * (1 + 0.044_715 * square))))
  let inner = twoRootTwoOverPi * (1 + 0.134_145 * square)
  return (x * s, s + x * s * (1 - s) * inner)
}

private let tile = 16_384

@inline(__always)
private func mapped(_ x: Tensor, as precision: Precision = .float32, _ function: (Lanes) -> Lanes) -> Tensor {
  let y = Tensor(x.shape, precision)
  parallel(over: x.count, tile: tile) { range in
    y.fillElements(range) { first, y, count in
      let x = x.pointer + first
      sweep(count) { i, c in store(function(load(x, i, c)), y, i, c) }
    }
  }
  return y
}

@inline(__always)
private func mapped(
  _ a: Tensor, _ b: Tensor, as precision: Precision = .float32, _ function: (Lanes, Lanes) -> Lanes
) -> Tensor {
  precondition(a.count == b.count, "shapes \(a.shape) and \(b.shape) differ")
  let y = Tensor(a.shape, precision)
  parallel(over: a.count, tile: tile) { range in
    y.fillElements(range) { first, y, count in
      let (a, b) = (a.pointer + first, b.pointer + first)
      sweep(count) { i, n in store(function(load(a, i, n), load(b, i, n)), y, i, n) }
    }
  }
  return y
}

@inline(__always)
private func mapped(_ a: Tensor, _ b: Tensor, _ c: Tensor, _ function: (Lanes, Lanes, Lanes) -> Lanes)
  -> Tensor
{
  precondition(a.count == b.count && b.count == c.count, "shapes \(a.shape), \(b.shape), \(c.shape) differ")
  let y = Tensor(a.shape)
  parallel(over: a.count, tile: tile) { range in
    let start = range.lowerBound
    let (a, b, c, y) = (a.pointer + start, b.pointer + start, c.pointer + start, y.pointer + start)
    sweep(range.count) { i, n in store(function(load(a, i, n), load(b, i, n), load(c, i, n)), y, i, n) }
  }
  return y
}
