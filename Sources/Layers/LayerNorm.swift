import Tensors

/// Gives each row mean 0 and variance 1, then scales and shifts it.
///
///     x̂ = (x − μ) / √(σ² + ε),   y = x̂ · w + b        x [R, D], w and b [D]
///
/// Ba, Kiros and Hinton, "Layer normalization", 2016. Saves its input, and μ and 1/√(σ² + ε) of each row; its output
/// is made again in backward (`output(of:)`) rather than kept.
public struct LayerNorm: Layer {
  /// w [D].
  public let weight: Parameter
  /// b [D].
  public let bias: Parameter
  /// D.
  public let width: Int
  /// ε.
  public let epsilon: Float

  /// Registers `weight` and `bias` in the scope.
  public init(_ scope: Scope, width: Int, epsilon: Float = 1e-6) {
    self.width = width
    self.epsilon = epsilon
    weight = scope.parameter("weight", [width], .constant(1))
    bias = scope.parameter("bias", [width], .constant(0))
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

  /// x [R, D] to y [R, D].
  public func forward(_ input: Tensor) -> (output: Tensor, saved: Saved) { forward(input, as: .float32) }

  /// The same, with the output kept at a precision, for products that are all that read it.
  public func forward(_ input: Tensor, as precision: Precision) -> (output: Tensor, saved: Saved) {
    precondition(input.columns == width, "rows of \(input.columns) numbers, but the norm is over \(width)")
    let output = Tensor(input.shape, precision)
    let saved = Saved(input: input, statistics: Tensor([input.rows, 2]))
    let (w, b) = (weight.value, bias.value)
    parallel(over: input.rows, tile: rowsPerTile(columns: width)) { rows in
      writeStatistics(of: input, rows, epsilon: epsilon, into: saved.statistics)
      write(rows, of: saved, by: w, b, into: output)
    }
    return (output, saved)
  }

  /// The output of the forward pass that saved this, made again.
  public func output(of saved: Saved, as precision: Precision = .float32) -> Tensor {
    let (output, w, b) = (Tensor(saved.input.shape, precision), weight.value, bias.value)
    parallel(over: output.rows, tile: rowsPerTile(columns: width)) {
      write($0, of: saved, by: w, b, into: output)
    }
    return output
  }

  private func write(
    _ rows: Range<Int>, of saved: Saved, by weight: Tensor, _ bias: Tensor, into output: Tensor
  ) {
    let (w, b) = (weight.pointer, bias.pointer)
    output.fillRows(rows) { r, y in
      let x = saved.input.row(r)
      let (mean, scale) = (saved.statistics.row(r)[0], saved.statistics.row(r)[1])
      sweep(width) { i, c in
        store(load(b, i, c).addingProduct((load(x, i, c) - mean) * scale, load(w, i, c)), y, i, c)
      }
    }
  }

  /// With g = dy · w:  dx = (g − mean(g) − x̂ · mean(g · x̂)) / σ + residual,  dw += Σ dy · x̂,  db += Σ dy.
  ///
  /// `residual` is the gradient of what went past the norm, where the input forked.
  public func backward(_ outputGradient: Tensor, _ saved: Saved, plus residual: Tensor?) -> Tensor {
    let inputGradient = Tensor(saved.input.shape)
    let (weight, n) = (weight.value, width)
    let sums = tileSums(rowsPerGroup: saved.input.rows, columns: 2 * n) { _, rows, sums in
      let (dw, db) = (sums, sums + n)
      for r in rows {
        let (x, dy, dx, w) = (saved.input.row(r), outputGradient.row(r), inputGradient.row(r), weight.pointer)
        let (mean, scale) = (saved.statistics.row(r)[0], saved.statistics.row(r)[1])
        var (total, along) = (Lanes(repeating: 0), Lanes(repeating: 0))
        sweep(n) { i, c in
          let (d, normal) = (load(dy, i, c), (load(x, i, c) - mean) * scale)
          let g = d * load(w, i, c)
          total += g
          along.addProduct(g, normal)
          store(load(dw, i, c).addingProduct(d, normal), dw, i, c)
          store(load(db, i, c) + d, db, i, c)
        }
        let (meanOfG, meanAlong) = (total.total / Float(n), along.total / Float(n))
        let past = residual?.row(r)
        sweep(n) { i, c in
          let normal = (load(x, i, c) - mean) * scale
          let slope = (load(dy, i, c) * load(w, i, c) - meanOfG - normal * meanAlong) * scale
          store(past.map { load($0, i, c) + slope } ?? slope, dx, i, c)
        }
      }
    }
    addTileSums(sums, from: 0, to: self.weight.gradient)
    addTileSums(sums, from: n, to: bias.gradient)
    return inputGradient
  }

  /// The protocol's form, without a residual.
  public func backward(_ outputGradient: Tensor, _ saved: Saved) -> Tensor {
    backward(outputGradient, saved, plus: nil)
  }
}

/// Writes mean μ and 1/√(σ² + ε) of some rows of x [R, D] to their places in `statistics` [R, 2].
func writeStatistics(of x: Tensor, _ rows: Range<Int>, epsilon: Float, into statistics: Tensor) {
  let n = x.columns
  for r in rows {
    let x = x.row(r)
    let mean = sum(x, n) / Float(n)
    var squares = Lanes(repeating: 0)
    sweep(n) { i, c in
      // Lanes beyond the row must not count as (0 − μ)².
      let d = load(x, i, c) - mean
      if c == 16 { squares.addProduct(d, d) } else { for j in 0..<c { squares[j] += d[j] * d[j] } }
    }
    statistics.row(r)[0] = mean
    statistics.row(r)[1] = 1 / (squares.total / Float(n) + epsilon).squareRoot()
  }
}
