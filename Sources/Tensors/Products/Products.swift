// Matrix products of tensors. Tiles of the output are computed by OpenBLAS, each on one thread (`ProductTiling`).

/// What a product is added to.
public enum Addend {
  /// Nothing: the output is the product.
  case nothing
  /// What the output holds already.
  case output
  /// One row [n], to each row of the output.
  case row(Tensor)
  /// Another tensor of the output's shape.
  case tensor(Tensor)
}

/// c = a bᵀ + addend: the forward product of a linear layer.
///
/// a [m, k], b [n, k], c [m, n].
public func multiply(_ a: Tensor, transposed b: Tensor, into c: Tensor, plus addend: Addend = .nothing) {
  let (m, n, k) = (a.rows, b.rows, a.columns)
  precondition(b.columns == k && c.count == m * n, "cannot multiply \(a.shape) by transposed \(b.shape)")
  Product(ProductShape(.forward, rows: m, columns: n, terms: k)).compute(a, b, into: c, plus: addend)
}

/// c = a b + addend: the gradient of a linear layer's input.
///
/// a [m, k], b [k, n], c [m, n].
public func multiply(_ a: Tensor, _ b: Tensor, into c: Tensor, plus addend: Addend = .nothing) {
  let (m, n, k) = (a.rows, b.columns, a.columns)
  precondition(b.rows == k && c.count == m * n, "cannot multiply \(a.shape) by \(b.shape)")
  Product(ProductShape(.inputGradient, rows: m, columns: n, terms: k)).compute(a, b, into: c, plus: addend)
}

/// c += aᵀ b: the gradient of a linear layer's weight, summed over all tokens.
///
/// a [k, m], b [k, n], c [m, n].
public func multiplyAdd(transposed a: Tensor, _ b: Tensor, into c: Tensor) {
  let (m, n, k) = (a.columns, b.columns, a.rows)
  precondition(b.rows == k && c.count == m * n, "cannot multiply transposed \(a.shape) by \(b.shape)")
  Product(ProductShape(.weightGradient, rows: m, columns: n, terms: k)).compute(a, b, into: c, plus: .output)
}

/// A product of a shape, tile by tile.
private struct Product {
  let shape: ProductShape
  let tiling: ProductTiling

  init(_ shape: ProductShape) {
    self.shape = shape
    tiling = ProductTiling(shape)
  }

  private var columns: Int { shape.columns }
  private var leftIsTransposed: Bool { shape.form == .weightGradient }
  private var rightIsTransposed: Bool { shape.form == .forward }

  func compute(_ a: Tensor, _ b: Tensor, into c: Tensor, plus addend: Addend) {
    Work.count(shape)
    guard c.count > 0 else { return }
    let down = pieces(shape.rows, of: tiling.rows)
    let across = pieces(columns, of: tiling.columns)
    let parts = pieces(shape.terms, of: tiling.terms)
    // The first part of the terms goes into the output, each other one into a tensor of its own.
    let sums = Tensor([parts - 1, c.count])
    parallel(over: down * across * parts, tile: 1, as: .products) { range in
      for index in range {
        let part = index / (down * across)
        multiply(
          a, b, rows: piece(index % down, of: tiling.rows, in: shape.rows),
          columns: piece(index / down % across, of: tiling.columns, in: columns),
          terms: piece(part, of: tiling.terms, in: shape.terms),
          into: part == 0 ? c.pointer : sums.row(part - 1), plus: part == 0 ? addend : .nothing)
      }
    }
    if parts > 1 { c.addRows(of: sums) }
  }

  /// One tile of a part of the terms. What it is added to is put there first, while OpenBLAS would set it to zero.
  private func multiply(
    _ a: Tensor, _ b: Tensor, rows: Range<Int>, columns tile: Range<Int>, terms: Range<Int>,
    into output: UnsafeMutablePointer<Float>, plus addend: Addend
  ) {
    let (top, left, term) = (rows.lowerBound, tile.lowerBound, terms.lowerBound)
    let c = output + top * columns + left
    for r in 0..<rows.count {
      let row = c + r * columns
      switch addend {
      case .nothing: if terms.isEmpty { row.update(repeating: 0, count: tile.count) }
      case .output: break
      case .row(let values): row.update(from: values.pointer + left, count: tile.count)
      case .tensor(let values): row.update(from: values.row(top + r) + left, count: tile.count)
      }
    }
    guard !terms.isEmpty else { return }
    let adding = if case .nothing = addend { false } else { true }
    OpenBLAS.multiply(
      rows: rows.count, columns: tile.count, terms: terms.count,
      leftIsTransposed
        ? OpenBLAS.Factor(pointer: a.row(term) + top, stride: shape.rows, isTransposed: true)
        : OpenBLAS.Factor(pointer: a.row(top) + term, stride: shape.terms, isTransposed: false),
      rightIsTransposed
        ? OpenBLAS.Factor(pointer: b.row(left) + term, stride: shape.terms, isTransposed: true)
        : OpenBLAS.Factor(pointer: b.row(term) + left, stride: columns, isTransposed: false),
      into: c, stride: columns, adding: adding)
  }
}

/// How many pieces of a size n is cut into: at least one, which may be empty.
private func pieces(_ n: Int, of size: Int) -> Int { max(1, (n + size - 1) / size) }

/// One of them.
private func piece(_ index: Int, of size: Int, in n: Int) -> Range<Int> {
  index * size..<min(n, (index + 1) * size)
}

extension Tensor {
  /// Adds each row of `sums`, one after the other.
  fileprivate func addRows(of sums: Tensor) {
    parallel(over: count, tile: 16_384, as: .products) { range in
      let x = pointer + range.lowerBound
      for r in 0..<sums.rows {
        let y = UnsafePointer(sums.row(r) + range.lowerBound)
        sweep(range.count) { i, c in store(load(x, i, c) + load(y, i, c), x, i, c) }
      }
    }
  }
}
