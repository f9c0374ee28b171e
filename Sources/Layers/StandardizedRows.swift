import Tensors

/// Each row of x [R, D] with mean 0 and variance 1, as a new tensor: a layer norm without weights, for targets that carry no
/// gradient.
///
///     y = (x − μ) / √(σ² + ε)
public func standardizedRows(_ x: Tensor, epsilon: Float = 1e-5) -> Tensor {
  let (y, statistics, n) = (Tensor(x.shape), Tensor([x.rows, 2]), x.columns)
  parallel(over: x.rows, tile: rowsPerTile(columns: n)) { rows in
    writeStatistics(of: x, rows, epsilon: epsilon, into: statistics)
    for r in rows {
      let (source, target) = (x.row(r), y.row(r))
      let (mean, scale) = (statistics.row(r)[0], statistics.row(r)[1])
      sweep(n) { i, c in store((load(source, i, c) - mean) * scale, target, i, c) }
    }
  }
  return y
}
