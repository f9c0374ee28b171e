import Tensors

/// One step of `NewtonSchulz` on one thread, with products of bfloat16 by oneDNN.
struct NarrowNewtonSchulz {
  private let rows: Int, columns: Int, side: Int
  private let isWide: Bool
  /// A = X Xᵀ (or Xᵀ X), A A, and the polynomial times X (or X times it).
  private let gram: TileProduct, square: TileProduct, last: TileProduct

  init(_ iteration: NewtonSchulz) {
    (rows, columns, side) = (iteration.rows, iteration.columns, iteration.side)
    isWide = iteration.isWide
    let (side, columns) = (side, columns)
    func product(
      _ rows: Int, _ outputs: Int, _ terms: Int, _ a: OneDNN.Factor, _ b: OneDNN.Factor
    ) -> TileProduct {
      OneDNN.product(
        OneDNN.Tile(
          rows: rows, columns: outputs, terms: terms, a: a, b: b, stride: outputs, addition: .nothing))
    }
    let x = OneDNN.Factor(stride: columns, isTransposed: false)
    let turned = OneDNN.Factor(stride: columns, isTransposed: true)
    let small = OneDNN.Factor(stride: side, isTransposed: false)
    gram = product(side, side, max(rows, columns), isWide ? x : turned, isWide ? turned : x)
    square = product(side, side, side, small, small)
    last = isWide ? product(rows, columns, side, small, x) : product(rows, columns, side, x, small)
  }

  /// Floats for X and A as bfloat16, and for what oneDNN works in.
  var scratchCount: Int {
    padded(halved(rows * columns)) + padded(halved(side * side))
      + padded([gram, square, last].map(\.scratchFloats).max()!)
  }

  /// - Parameters:
  ///   - gram: gets A.
  ///   - square: gets A².
  ///   - makePolynomial: called when both are there, makes a I + b A + c A² of A².
  ///   - next: gets the new X.
  func step(
    _ x: UnsafePointer<Float>, _ gram: UnsafeMutablePointer<Float>, _ square: UnsafeMutablePointer<Float>,
    into next: UnsafeMutablePointer<Float>, scratch: UnsafeMutablePointer<Float>, makePolynomial: () -> Void
  ) {
    let matrix = scratch, smaller = matrix + padded(halved(rows * columns))
    let work = smaller + padded(halved(side * side))
    let (narrow, factor) = (halves(matrix), halves(smaller))
    Tensors.narrow(x, rows * columns, into: narrow)
    self.gram.compute(narrow, narrow, bias: nil, into: gram, work: work)
    Tensors.narrow(gram, side * side, into: factor)
    self.square.compute(factor, factor, bias: nil, into: square, work: work)
    makePolynomial()
    Tensors.narrow(square, side * side, into: factor)
    last.compute(isWide ? factor : narrow, isWide ? narrow : factor, bias: nil, into: next, work: work)
  }

  private func halved(_ count: Int) -> Int { (count + 1) / 2 }
  private func halves(_ floats: UnsafeMutablePointer<Float>) -> UnsafeMutablePointer<UInt16> {
    UnsafeMutableRawPointer(floats).assumingMemoryBound(to: UInt16.self)
  }
}
