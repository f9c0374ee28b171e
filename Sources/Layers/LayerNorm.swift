import Tensors

/// Gives each row mean 0 and variance 1, then scales and shifts it, if it has parameters for that.
///
///     y = (x − μ) / √(σ² + ε) · w + b        x [R, D], w and b [D]
///
/// Ba, Kiros and Hinton, "Layer normalization", 2016. Saves its input, and μ and 1/√(σ² + ε) of each row.
public struct LayerNorm: Layer {
  /// w [D] and b [D]; none where a modulation follows.
  public let affine: (weight: Parameter, bias: Parameter)?
  /// D.
  public let width: Int
  /// ε.
  public let epsilon: Float

  /// Registers `weight` and `bias` in the scope if there is one.
  public init(_ scope: Scope?, width: Int, epsilon: Float = 1e-6) {
    self.width = width
    self.epsilon = epsilon
    affine = scope.map {
      ($0.parameter("weight", [width], .constant(1)), $0.parameter("bias", [width], .constant(0)))
    }
  }

  /// What backward reads.
  public struct Saved {
    let input: Tensor
    let statistics: Tensor  // [R, 2]: μ, 1/√(σ² + ε)
  }

  /// x [R, D] to y [R, D].
  public func forward(_ input: Tensor) -> (output: Tensor, saved: Saved) {
    precondition(input.columns == width, "rows of \(input.columns) numbers, but the norm is over \(width)")
    let output = Tensor(input.shape)
    let statistics = Tensor([input.rows, 2])
    let (weight, bias, n) = (affine?.weight.value, affine?.bias.value, width)
    parallel(over: input.rows, tile: rowsPerTile(columns: n)) { rows in
      for r in rows {
        let (x, y) = (input.row(r), output.row(r))
        let mean = sum(x, n) / Float(n)
        var squares = Lanes(repeating: 0)
        sweep(n) { i, c in
          // Lanes beyond the row must not count as (0 − μ)².
          let d = load(x, i, c) - mean
          if c == 16 { squares.addProduct(d, d) } else { for j in 0..<c { squares[j] += d[j] * d[j] } }
        }
        let scale = 1 / (squares.sum() / Float(n) + epsilon).squareRoot()
        statistics.row(r)[0] = mean
        statistics.row(r)[1] = scale
        if let w = weight?.pointer, let b = bias?.pointer {
          sweep(n) { i, c in
            store(load(b, i, c).addingProduct((load(x, i, c) - mean) * scale, load(w, i, c)), y, i, c)
          }
        } else {
          sweep(n) { i, c in store((load(x, i, c) - mean) * scale, y, i, c) }
        }
      }
    }
    return (output, Saved(input: input, statistics: statistics))
  }

  /// With x̂ = (x − μ)/σ and g = dy · w:  dx = (g − mean(g) − x̂ · mean(g · x̂)) / σ,  dw = Σ dy · x̂,  db = Σ dy.
  public func backward(_ outputGradient: Tensor, _ saved: Saved) -> Tensor {
    let inputGradient = Tensor(saved.input.shape)
    let (weight, n) = (affine?.weight.value, width)
    parallel(over: saved.input.rows, tile: rowsPerTile(columns: n)) { rows in
      for r in rows {
        let (x, dy, dx) = (saved.input.row(r), outputGradient.row(r), inputGradient.row(r))
        let (mean, scale) = (saved.statistics.row(r)[0], saved.statistics.row(r)[1])
        @inline(__always) func g(_ i: Int, _ c: Int) -> Lanes {
          weight.map { load(dy, i, c) * load($0.pointer, i, c) } ?? load(dy, i, c)
        }
        var (total, along) = (Lanes(repeating: 0), Lanes(repeating: 0))
        sweep(n) { i, c in
          let g = g(i, c)
          total += g
          along.addProduct(g, (load(x, i, c) - mean) * scale)
        }
        let (meanOfG, meanAlong) = (total.sum() / Float(n), along.sum() / Float(n))
        sweep(n) { i, c in
          let normal = (load(x, i, c) - mean) * scale
          store((g(i, c) - meanOfG - normal * meanAlong) * scale, dx, i, c)
        }
      }
    }
    if let affine {
      addColumnSums(of: outputGradient, to: affine.bias.gradient)
      addWeightGradient(outputGradient, saved, to: affine.weight.gradient)
    }
    return inputGradient
  }

  private func addWeightGradient(_ outputGradient: Tensor, _ saved: Saved, to gradient: Tensor) {
    parallel(over: width, tile: 64) { columns in
      let start = columns.lowerBound
      for r in 0..<saved.input.rows {
        let (x, dy, dw) = (
          saved.input.row(r) + start, outputGradient.row(r) + start, gradient.pointer + start
        )
        let (mean, scale) = (saved.statistics.row(r)[0], saved.statistics.row(r)[1])
        sweep(columns.count) { i, c in
          store(load(dw, i, c).addingProduct(load(dy, i, c), (load(x, i, c) - mean) * scale), dw, i, c)
        }
      }
    }
  }
}
