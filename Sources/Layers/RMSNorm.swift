import Tensors

/// Divides each row by its root mean square and scales it.
///
///     y = x / √(mean(x²) + ε) · w        x [R, D], w [D]
///
/// Zhang and Sennrich, "Root mean square layer normalization", 2019. Saves its input and 1/√(mean(x²) + ε) of each row.
public struct RMSNorm: Layer {
  /// w [D].
  public let weight: Parameter
  /// D.
  public let width: Int
  /// ε.
  public let epsilon: Float

  /// Registers `weight` in the scope.
  public init(_ scope: Scope, width: Int, epsilon: Float = 1e-6) {
    self.width = width
    self.epsilon = epsilon
    weight = scope.parameter("weight", [width], .constant(1))
  }

  /// What backward reads.
  public struct Saved {
    let input: Tensor
    let scales: Tensor  // [R]
  }

  /// x [R, D] to y [R, D].
  public func forward(_ input: Tensor) -> (output: Tensor, saved: Saved) {
    precondition(input.columns == width, "rows of \(input.columns) numbers, but the norm is over \(width)")
    let output = Tensor(input.shape)
    let scales = Tensor([input.rows])
    let (w, n) = (weight.value, width)
    parallel(over: input.rows, tile: rowsPerTile(columns: n)) { rows in
      for r in rows {
        let (x, y) = (input.row(r), output.row(r))
        let scale = 1 / (dot(x, x, n) / Float(n) + epsilon).squareRoot()
        scales.pointer[r] = scale
        sweep(n) { i, c in store(load(x, i, c) * scale * load(w.pointer, i, c), y, i, c) }
      }
    }
    return (output, Saved(input: input, scales: scales))
  }

  /// With s = 1/√(mean(x²) + ε) and g = dy · w:  dx = s · (g − x · s² · mean(g · x)),  dw = Σ dy · x · s.
  public func backward(_ outputGradient: Tensor, _ saved: Saved) -> Tensor {
    let inputGradient = Tensor(saved.input.shape)
    let (w, n) = (weight.value, width)
    parallel(over: saved.input.rows, tile: rowsPerTile(columns: n)) { rows in
      for r in rows {
        let (x, dy, dx) = (saved.input.row(r), outputGradient.row(r), inputGradient.row(r))
        let scale = saved.scales.pointer[r]
        var along = Lanes(repeating: 0)
        sweep(n) { i, c in along.addProduct(load(dy, i, c) * load(w.pointer, i, c), load(x, i, c)) }
        let pull = along.sum() / Float(n) * scale * scale
        sweep(n) { i, c in
          store((load(dy, i, c) * load(w.pointer, i, c) - load(x, i, c) * pull) * scale, dx, i, c)
        }
      }
    }
    addWeightGradient(outputGradient, saved)
    return inputGradient
  }

  private func addWeightGradient(_ outputGradient: Tensor, _ saved: Saved) {
    let gradient = weight.gradient
    parallel(over: width, tile: 64) { columns in
      let start = columns.lowerBound
      for r in 0..<saved.input.rows {
        let (x, dy, dw) = (
          saved.input.row(r) + start, outputGradient.row(r) + start, gradient.pointer + start
        )
        let scale = saved.scales.pointer[r]
        sweep(columns.count) { i, c in
          store(load(dw, i, c).addingProduct(load(dy, i, c), load(x, i, c) * scale), dw, i, c)
        }
      }
    }
  }
}
