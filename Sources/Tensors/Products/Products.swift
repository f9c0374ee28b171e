// Matrix products of tensors. Tiles of the output are computed each on one thread (`ProductTiling`): of float32 by OpenBLAS, of
// bfloat16 by oneDNN, with sums in float32.

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
/// a [m, k], b [n, k], c [m, n]; a and b of one precision, c float32.
public func multiply(_ a: Tensor, transposed b: Tensor, into c: Tensor, plus addend: Addend = .nothing) {
  let (m, n, k) = (a.rows, b.rows, a.columns)
  precondition(b.columns == k && c.count == m * n, "cannot multiply \(a.shape) by transposed \(b.shape)")
  Product(a, b, .forward, rows: m, columns: n, terms: k).compute(into: c, plus: addend)
}

/// c = a b + addend: the gradient of a linear layer's input.
///
/// a [m, k], b [k, n], c [m, n]; a and b of one precision, c float32.
public func multiply(_ a: Tensor, _ b: Tensor, into c: Tensor, plus addend: Addend = .nothing) {
  let (m, n, k) = (a.rows, b.columns, a.columns)
  precondition(b.rows == k && c.count == m * n, "cannot multiply \(a.shape) by \(b.shape)")
  Product(a, b, .inputGradient, rows: m, columns: n, terms: k).compute(into: c, plus: addend)
}

/// c += aᵀ b: the gradient of a linear layer's weight, summed over all tokens.
///
/// a [k, m], b [k, n], c [m, n]; a and b of one precision, c float32.
public func multiplyAdd(transposed a: Tensor, _ b: Tensor, into c: Tensor) {
  let (m, n, k) = (a.columns, b.columns, a.rows)
  precondition(b.rows == k && c.count == m * n, "cannot multiply transposed \(a.shape) by \(b.shape)")
  Product(a, b, .weightGradient, rows: m, columns: n, terms: k).compute(into: c, plus: .output)
}

/// A product of two tensors, tile by tile.
private struct Product {
  let a: Tensor, b: Tensor
  let shape: ProductShape
  let tiling: ProductTiling

  init(_ a: Tensor, _ b: Tensor, _ form: ProductShape.Form, rows: Int, columns: Int, terms: Int) {
    precondition(a.precision == b.precision, "a factor of \(a.precision) and one of \(b.precision)")
    (self.a, self.b) = (a, b)
    shape = ProductShape(form, rows: rows, columns: columns, terms: terms, a.precision)
    tiling = ProductTiling(shape)
  }

  /// A tile of a part of the terms.
  struct Piece {
    let rows: Range<Int>, columns: Range<Int>, terms: Range<Int>
    let output: UnsafeMutablePointer<Float>
    let addend: Addend
  }

  private var columns: Int { shape.columns }
  private var leftIsTransposed: Bool { shape.form == .weightGradient }
  private var rightIsTransposed: Bool { shape.form == .forward }
  /// Elements from one row of a factor to the next.
  private var leftStride: Int { leftIsTransposed ? shape.rows : shape.terms }
  private var rightStride: Int { rightIsTransposed ? shape.terms : columns }

  func compute(into c: Tensor, plus addend: Addend) {
    Work.count(shape)
    guard c.count > 0 else { return }
    let down = pieces(shape.rows, of: tiling.rows)
    let across = pieces(columns, of: tiling.columns)
    let parts = pieces(shape.terms, of: tiling.terms)
    // The first part of the terms goes into the output, each other one into a tensor of its own.
    let sums = Tensor([parts - 1, c.count])
    func piece(_ index: Int) -> Piece {
      let part = index / (down * across)
      return Piece(
        rows: range(index % down, of: tiling.rows, in: shape.rows),
        columns: range(index / down % across, of: tiling.columns, in: columns),
        terms: range(part, of: tiling.terms, in: shape.terms),
        output: part == 0 ? c.pointer : sums.row(part - 1), addend: part == 0 ? addend : .nothing)
    }
    switch shape.precision {
    case .float32:
      parallel(over: down * across * parts, tile: 1, as: .products) { range in
        for index in range { multiply(piece(index)) }
      }
    case .bfloat16:
      let products = (0..<down * across * parts).map { narrowProduct(piece($0)) }
      let scratch = products.lazy.map { $0?.scratchFloats ?? 0 }.max() ?? 0
      parallel(over: products.count, tile: 1, scratch: scratch, as: .products) { range, work in
        for index in range { multiplyNarrow(piece(index), products[index], work) }
      }
    }
    if parts > 1 { c.addRows(of: sums) }
  }

  /// By OpenBLAS. What the product is added to is put into the output first.
  private func multiply(_ piece: Piece) {
    let c = piece.output + piece.rows.lowerBound * columns + piece.columns.lowerBound
    let isAdded = begin(piece, c)
    guard !piece.terms.isEmpty else { return }
    OpenBLAS.multiply(
      rows: piece.rows.count, columns: piece.columns.count, terms: piece.terms.count,
      OpenBLAS.Factor(
        pointer: a.pointer + leftPlace(piece), stride: leftStride, isTransposed: leftIsTransposed),
      OpenBLAS.Factor(
        pointer: b.pointer + rightPlace(piece), stride: rightStride, isTransposed: rightIsTransposed),
      into: c, stride: columns, adding: isAdded)
  }

  /// oneDNN's code for a piece; nil where there is nothing to add up.
  private func narrowProduct(_ piece: Piece) -> TileProduct? {
    guard !piece.terms.isEmpty else { return nil }
    let addition: OneDNN.Addition =
      switch piece.addend {
      case .nothing: .nothing
      case .output, .tensor: .output
      case .row: .bias
      }
    return OneDNN.product(
      OneDNN.Tile(
        rows: piece.rows.count, columns: piece.columns.count, terms: piece.terms.count,
        a: OneDNN.Factor(stride: leftStride, isTransposed: leftIsTransposed),
        b: OneDNN.Factor(stride: rightStride, isTransposed: rightIsTransposed), stride: columns,
        addition: addition))
  }

  /// By oneDNN, which adds a row itself.
  private func multiplyNarrow(_ piece: Piece, _ product: TileProduct?, _ work: UnsafeMutablePointer<Float>) {
    let c = piece.output + piece.rows.lowerBound * columns + piece.columns.lowerBound
    var bias: UnsafePointer<Float>?
    if case .row(let values) = piece.addend, product != nil {
      bias = UnsafePointer(values.pointer + piece.columns.lowerBound)
    } else {
      _ = begin(piece, c)
    }
    product?.compute(
      a.halves + leftPlace(piece), b.halves + rightPlace(piece), bias: bias, into: c, work: work)
  }

  /// Where a piece begins in the left factor, and in the right one.
  private func leftPlace(_ piece: Piece) -> Int {
    let (row, term) = (piece.rows.lowerBound, piece.terms.lowerBound)
    return leftIsTransposed ? term * leftStride + row : row * leftStride + term
  }
  private func rightPlace(_ piece: Piece) -> Int {
    let (column, term) = (piece.columns.lowerBound, piece.terms.lowerBound)
    return rightIsTransposed ? column * rightStride + term : term * rightStride + column
  }

  /// Puts what a piece is added to into the output, or zeros where there are no terms. Returns whether the product is to be
  /// added to what is there then.
  private func begin(_ piece: Piece, _ c: UnsafeMutablePointer<Float>) -> Bool {
    let (left, count) = (piece.columns.lowerBound, piece.columns.count)
    for r in 0..<piece.rows.count {
      let row = c + r * columns
      switch piece.addend {
      case .nothing: if piece.terms.isEmpty { row.update(repeating: 0, count: count) }
      case .output: break
      case .row(let values): row.update(from: values.pointer + left, count: count)
      case .tensor(let values):
        row.update(from: values.row(piece.rows.lowerBound + r) + left, count: count)
      }
    }
    if case .nothing = piece.addend { return false }
    return true
  }
}

/// How many pieces of a size n is cut into: at least one, which may be empty.
private func pieces(_ n: Int, of size: Int) -> Int { max(1, (n + size - 1) / size) }

/// One of them.
private func range(_ index: Int, of size: Int, in n: Int) -> Range<Int> {
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
