import Tensors

/// Gives each row mean 0 and variance 1, then scales and shifts it by its group's vectors.
///
///     x̂ = (x − μ) / √(σ² + ε),   y = x̂ · (1 + scale) + shift        x and y [R, D]
///
/// The adaptive norm of Peebles and Xie, "Scalable diffusion models with transformers", 2023. One pass over memory each
/// way. Saves its input, and μ and 1/√(σ² + ε) of each row; its output is made again in backward (`output(of:by:)`)
/// rather than kept.
public struct ModulatedNorm: Sendable {
  /// Which of the group's vectors is the shift and which the scale.
  public let shift: Int, scale: Int
  /// ε.
  public let epsilon: Float

  /// A layer without parameters.
  public init(shift: Int, scale: Int, epsilon: Float = 1e-6) {
    self.shift = shift
    self.scale = scale
    self.epsilon = epsilon
  }

  /// What backward reads.
  public struct Saved {
    let input: Tensor
    /// [R, 2]: μ, 1/√(σ² + ε).
    public let statistics: Tensor

    /// Of an input that was made again, and the statistics of its rows.
    public init(input: Tensor, statistics: Tensor) {
      self.input = input
      self.statistics = statistics
    }
  }

  /// x [R, D] by vectors [G, C·D]; the output is kept at a precision, for products that are all that read it.
  public func forward(_ x: Tensor, by vectors: ModulationVectors, as precision: Precision = .float32) -> (
    output: Tensor, saved: Saved
  ) {
    let y = Tensor(x.shape, precision)
    let saved = Saved(input: x, statistics: Tensor([x.rows, 2]))
    let rowsPerGroup = vectors.rowsPerGroup(x)
    parallel(over: x.rows, tile: rowsPerTile(columns: x.columns)) { rows in
      writeStatistics(of: x, rows, epsilon: epsilon, into: saved.statistics)
      write(rows, of: saved, by: vectors, rowsPerGroup, into: y)
    }
    return (y, saved)
  }

  /// The output of the forward pass that saved this, made again.
  public func output(of saved: Saved, by vectors: ModulationVectors, as precision: Precision = .float32)
    -> Tensor
  {
    let y = Tensor(saved.input.shape, precision)
    let rowsPerGroup = vectors.rowsPerGroup(y)
    parallel(over: y.rows, tile: rowsPerTile(columns: y.columns)) {
      write($0, of: saved, by: vectors, rowsPerGroup, into: y)
    }
    return y
  }

  private func write(
    _ rows: Range<Int>, of saved: Saved, by vectors: ModulationVectors, _ rowsPerGroup: Int, into y: Tensor
  ) {
    y.fillRows(rows) { r, target in
      let source = saved.input.row(r)
      let (mean, factor) = (saved.statistics.row(r)[0], saved.statistics.row(r)[1])
      let b = vectors.vector(r / rowsPerGroup, shift)
      let s = vectors.vector(r / rowsPerGroup, scale)
      sweep(y.columns) { i, c in
        let normal = (load(source, i, c) - mean) * factor
        store((load(b, i, c) + normal).addingProduct(normal, load(s, i, c)), target, i, c)
      }
    }
  }

  // With g = dy · (1 + scale):  dx = (g − mean(g) − x̂ · mean(g · x̂)) / σ + residual,
  // dscale = Σ over the group dy · x̂,  dshift = Σ over the group dy.
  /// The gradient of x, to which `residual`, that of what went past the norm, is added; those of shift and scale are
  /// written into their places of `vectorsGradient`.
  public func backward(
    _ outputGradient: Tensor, _ saved: Saved, by vectors: ModulationVectors,
    into vectorsGradient: ModulationVectors, plus residual: Tensor? = nil
  ) -> Tensor {
    let inputGradient = Tensor(saved.input.shape)
    let width = vectors.width
    sumGroups(of: inputGradient, into: vectorsGradient, places: [shift, scale]) { group, rows, sums in
      let (db, ds, s) = (sums, sums + width, vectors.vector(group, scale))
      for r in rows {
        let (x, dy, dx) = (saved.input.row(r), outputGradient.row(r), inputGradient.row(r))
        let (mean, factor) = (saved.statistics.row(r)[0], saved.statistics.row(r)[1])
        var (total, along) = (Lanes(repeating: 0), Lanes(repeating: 0))
        sweep(width) { i, c in
          let (d, normal) = (load(dy, i, c), (load(x, i, c) - mean) * factor)
          let g = d.addingProduct(d, load(s, i, c))
          total += g
          along.addProduct(g, normal)
          store(load(db, i, c) + d, db, i, c)
          store(load(ds, i, c).addingProduct(d, normal), ds, i, c)
        }
        let (meanOfG, meanAlong) = (total.total / Float(width), along.total / Float(width))
        let past = residual?.row(r)
        sweep(width) { i, c in
          let (d, normal) = (load(dy, i, c), (load(x, i, c) - mean) * factor)
          let g = d.addingProduct(d, load(s, i, c))
          let slope = (g - meanOfG - normal * meanAlong) * factor
          store(past.map { load($0, i, c) + slope } ?? slope, dx, i, c)
        }
      }
    }
    return inputGradient
  }
}
