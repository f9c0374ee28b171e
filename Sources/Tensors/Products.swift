import COpenBLAS

// Matrix products: tiles of the output's rows in parallel, each one single-threaded `sgemm`.

/// Rows of an output that one product computes: at least eight tiles to share out, each large enough for `sgemm` to run
/// near its roof. It depends on the shape alone.
private func productTile(_ rows: Int) -> Int { min(256, max(32, (rows / 8 + 31) & ~31)) }

/// c = a bᵀ, or c += a bᵀ: the forward product of a linear layer.
///
/// a [m, k], b [n, k], c [m, n].
public func multiply(_ a: Tensor, transposed b: Tensor, into c: Tensor, adding: Bool = false) {
  let (m, n, k) = (a.rows, b.rows, a.columns)
  precondition(b.columns == k && c.count == m * n, "cannot multiply \(a.shape) by transposed \(b.shape)")
  Work.count(2 * m * n * k)
  parallel(over: m, tile: productTile(m)) { rows in
    sgemm(
      rows.count, n, k, a.pointer + rows.lowerBound * k, k, b.pointer, k, transposeB: true,
      into: c.pointer + rows.lowerBound * n, n, adding: adding)
  }
}

/// c = a b, or c += a b: the gradient of a linear layer's input.
///
/// a [m, k], b [k, n], c [m, n].
public func multiply(_ a: Tensor, _ b: Tensor, into c: Tensor, adding: Bool = false) {
  let (m, n, k) = (a.rows, b.columns, a.columns)
  precondition(b.rows == k && c.count == m * n, "cannot multiply \(a.shape) by \(b.shape)")
  Work.count(2 * m * n * k)
  parallel(over: m, tile: productTile(m)) { rows in
    sgemm(
      rows.count, n, k, a.pointer + rows.lowerBound * k, k, b.pointer, n,
      into: c.pointer + rows.lowerBound * n, n, adding: adding)
  }
}

/// c += aᵀ b: the gradient of a linear layer's weight, summed over all tokens.
///
/// a [k, m], b [k, n], c [m, n].
public func multiplyAdd(transposed a: Tensor, _ b: Tensor, into c: Tensor) {
  let (m, n, k) = (a.columns, b.columns, a.rows)
  precondition(b.rows == k && c.count == m * n, "cannot multiply transposed \(a.shape) by \(b.shape)")
  Work.count(2 * m * n * k)
  parallel(over: m, tile: productTile(m)) { rows in
    sgemm(
      rows.count, n, k, a.pointer + rows.lowerBound, m, transposeA: true, b.pointer, n,
      into: c.pointer + rows.lowerBound * n, n, adding: true)
  }
}

/// One single-threaded product on raw rows, for kernels that cut their own tiles: c = scale · op(a) op(b), or c += it.
///
/// op(a) [m, k], op(b) [k, n], c [m, n]; each matrix is followed by its row stride in memory. Not to be called during a
/// `Plan`; its work is counted by the caller.
@inline(__always)
public func sgemm(
  _ m: Int, _ n: Int, _ k: Int, scale: Float = 1, _ a: UnsafePointer<Float>, _ aStride: Int,
  transposeA: Bool = false, _ b: UnsafePointer<Float>, _ bStride: Int, transposeB: Bool = false,
  into c: UnsafeMutablePointer<Float>, _ cStride: Int, adding: Bool = false
) {
  cblas_sgemm(
    CblasRowMajor, transposeA ? CblasTrans : CblasNoTrans, transposeB ? CblasTrans : CblasNoTrans,
    blasint(m), blasint(n), blasint(k), scale, a, blasint(aStride), b, blasint(bStride), adding ? 1 : 0, c,
    blasint(cStride))
}
