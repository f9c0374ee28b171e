import Tensors

/// Divides the channels of each pixel by their root mean square, scales them, and applies the sigmoid linear unit.
///
///     n = x / √(mean over channels of x² + ε) · γ,   y = n · σ(n)        x [B, F, H, W, C], γ [C]
///
/// Wan's autoencoder writes the first as x / max(‖x‖, 1e-12) · √C · γ, which is the same but for pixels of zeros. Without
/// the unit it is that norm alone. Saves its input; the rest is cheaper to compute again than to keep.
public struct NormSiLU: Layer {
  /// γ [C, 1, 1, 1] or [C, 1, 1].
  public let gamma: Parameter
  /// C.
  public let channels: Int
  private let isActivated: Bool
  private var epsilon: Float { 1e-24 / Float(channels) }

  /// Registers `gamma` in the scope.
  ///
  /// - Parameters:
  ///   - axes: how many axes of one element follow in its shape.
  ///   - isActivated: whether the unit follows the norm.
  public init(_ scope: Scope, channels: Int, axes: Int = 3, isActivated: Bool = true) {
    self.channels = channels
    self.isActivated = isActivated
    gamma = scope.parameter(
      "gamma", [channels] + Array(repeating: 1, count: axes), .constant(1), decays: false)
  }

  /// What backward reads.
  public struct Saved {
    let input: Tensor
  }

  /// x to y of its shape.
  public func forward(_ input: Tensor) -> (output: Tensor, saved: Saved) {
    (output(of: Saved(input: input)), Saved(input: input))
  }

  /// The output of the forward pass that saved this, made again.
  package func output(of saved: Saved) -> Tensor {
    let input = saved.input
    precondition(input.columns == channels, "\(channels) channels, not those of \(input.shape)")
    let output = Tensor(input.shape)
    let (inputs, outputs, gamma) = (input.pointer, output.pointer, gamma.value.pointer)
    parallel(over: input.rows, tile: rowsPerTile(columns: channels)) { rows in
      for r in rows {
        let (x, y) = (inputs + r * channels, outputs + r * channels)
        normalize(x, by: scale(x), gamma, y, channels)
        if isActivated { activate(y, channels) }
      }
    }
    return output
  }

  /// With s = 1/√(mean(x²) + ε) and dn = dy · (σ(n) + y (1 − σ(n))):  g = dn · γ,
  /// dx = s · (g − x · s² · mean(g · x)),  dγ += Σ dn · x · s.
  public func backward(_ outputGradient: Tensor, _ saved: Saved) -> Tensor {
    let (input, n) = (saved.input, channels)
    let inputGradient = Tensor(input.shape)
    let (inputs, w) = (input.pointer, gamma.value.pointer)
    let (gradients, outputGradients) = (inputGradient.pointer, outputGradient.pointer)
    let sums = tileSums(rowsPerGroup: input.rows, columns: n) { _, rows, dw in
      for r in rows {
        let (x, dy, dx) = (inputs + r * n, outputGradients + r * n, gradients + r * n)
        let scale = scale(x)
        if isActivated {
          normalize(x, by: scale, w, dx, n)
          applySlope(dx, dy, n)  // dx holds n, then dn
        } else {
          dx.update(from: dy, count: n)
        }
        addNormBackward(x, scale, w, dx, dw, n)
      }
    }
    addTileSums(sums, to: gamma.gradient)
    return inputGradient
  }

  @inline(__always)
  private func scale(_ x: UnsafePointer<Float>) -> Float {
    1 / (dot(x, x, channels) / Float(channels) + epsilon).squareRoot()
  }
}

// Functions of their own: within a closure of `parallel`, the exponential would not be inlined.

/// y = x · scale · γ.
@inline(__always)
private func normalize(
  _ x: UnsafePointer<Float>, by scale: Float, _ gamma: UnsafePointer<Float>, _ y: UnsafeMutablePointer<Float>,
  _ n: Int
) {
  sweep(n) { i, c in store(load(x, i, c) * scale * load(gamma, i, c), y, i, c) }
}

/// y = y · σ(y).
@inline(never)
private func activate(_ y: UnsafeMutablePointer<Float>, _ n: Int) {
  var i = 0
  while i < n {
    let lanes = min(16, n &- i)
    let v = load(y, i, lanes)
    store(v * (1 / (1 + exponential(-v))), y, i, lanes)
    i &+= 16
  }
}

/// n, in place, to dn = dy · (σ + n σ (1 − σ)).
@inline(never)
private func applySlope(_ n: UnsafeMutablePointer<Float>, _ dy: UnsafePointer<Float>, _ count: Int) {
  var i = 0
  while i < count {
    let lanes = min(16, count &- i)
    let v = load(n, i, lanes)
    let s = 1 / (1 + exponential(-v))
    store(load(dy, i, lanes) * s * (1 + v * (1 - s)), n, i, lanes)
    i &+= 16
  }
}

/// dn, in place, to dx; adds dn · x · scale to dγ.
@inline(__always)
private func addNormBackward(
  _ x: UnsafePointer<Float>, _ scale: Float, _ gamma: UnsafePointer<Float>,
  _ gradient: UnsafeMutablePointer<Float>, _ gammaGradient: UnsafeMutablePointer<Float>, _ n: Int
) {
  var along = Lanes(repeating: 0)
  sweep(n) { i, c in
    let product = load(gradient, i, c) * load(x, i, c)
    along.addProduct(product, load(gamma, i, c))
    store(
      load(gammaGradient, i, c).addingProduct(product, Lanes(repeating: scale)), gammaGradient, i, c)
  }
  let rowDot = along.total / Float(n) * scale * scale
  sweep(n) { i, c in
    store((load(gradient, i, c) * load(gamma, i, c) - load(x, i, c) * rowDot) * scale, gradient, i, c)
  }
}
