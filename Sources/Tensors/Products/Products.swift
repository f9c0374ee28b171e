// Matrix products of tensors. The right factor is laid into panels once, by all threads; then tiles of the output are
// computed, each by one thread. Tiles follow from the shapes alone, and so do the bits.

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

/// How a product of a shape is cut and computed.
private struct Product {
  let shape: ProductShape

  init(_ shape: ProductShape) { self.shape = shape }

  private var rows: Int { shape.rows }
  private var columns: Int { shape.columns }
  private var terms: Int { shape.terms }
  private var leftIsTransposed: Bool { shape.form == .weightGradient }
  private var rightIsTransposed: Bool { shape.form == .forward }

  /// Terms that are added in registers before the output is touched: a strip of them fits the first cache, a block of
  /// panels the second.
  static let blockTerms = 384
  /// Terms whose panels are in memory at once.
  static let panelTerms = 3 * blockTerms
  /// Panels of a tile of the output: 384 columns.
  static var tilePanels: Int { 384 / RegisterTile.columns }

  /// Rows of a tile: two to eight strips, so that there are some thirty tiles to share out evenly where there are rows
  /// enough. Tiles that follow each other use the same panels, which stay in the cache between them.
  private var tileRows: Int {
    let strips = (rows / 32 + RegisterTile.rows - 1) / RegisterTile.rows
    return RegisterTile.rows * min(8, max(2, strips))
  }

  /// Rows a multiple of 4096 bytes apart fall on the same lines of the first cache, and narrow registers read each line of
  /// a strip too often.
  private var copiesStrips: Bool {
    !RegisterTile.isWide || (leftIsTransposed ? rows : terms) % 1024 == 0
  }

  func compute(_ a: Tensor, _ b: Tensor, into c: Tensor, plus addend: Addend) {
    Work.count(shape)
    let most = Panels(depth: min(terms, Self.panelTerms), columns: columns)
    let panels = Tensor([most.floats])
    for first in stride(from: 0, to: max(1, terms), by: Self.panelTerms) {
      let part = Panels(depth: min(Self.panelTerms, terms - first), columns: columns)
      let start = first * (rightIsTransposed ? 1 : columns)
      parallel(over: part.count, tile: 1, as: .products) { range in
        part.fill(
          range, of: panels.pointer, from: b.pointer + start, stride: rightIsTransposed ? terms : columns,
          transposed: rightIsTransposed)
      }
      compute(part, panels, a, from: first, into: c, plus: first == 0 ? addend : .output)
    }
  }

  /// The terms from `first` on, as many as there are panels for.
  private func compute(
    _ panels: Panels, _ right: Tensor, _ a: Tensor, from first: Int, into c: Tensor, plus addend: Addend
  ) {
    let (tileRows, tilePanels) = (tileRows, Self.tilePanels)
    let rowTiles = (rows + tileRows - 1) / tileRows
    let columnTiles = (panels.count + tilePanels - 1) / tilePanels
    let (row, step) = leftIsTransposed ? (1, rows) : (terms, 1)
    let scratch = BlockProduct.scratch(depth: min(panels.depth, Self.blockTerms))
    parallel(over: rowTiles * columnTiles, tile: 1, scratch: scratch, as: .products) { range, scratch in
      for tile in range {
        // Neighbouring tiles share their panels.
        let top = tile % rowTiles * tileRows
        let left = tile / rowTiles * tilePanels
        for term in stride(from: 0, to: max(1, panels.depth), by: Self.blockTerms) {
          let block = BlockProduct(
            panels: panels, right: right.pointer,
            terms: term..<min(panels.depth, term + Self.blockTerms),
            columns: left..<min(panels.count, left + tilePanels))
          let output = c.pointer + top * columns
          let start =
            term == 0 ? addend.start(output, row: top, columns) : Start(pointer: output, stride: columns)
          block.multiply(
            rows: min(tileRows, rows - top),
            LeftFactor(a.pointer + top * row + (first + term) * step, row: row, step: step),
            into: output, columns, plus: start, copying: copiesStrips, scratch: scratch)
        }
      }
    }
  }
}

extension Addend {
  /// The addend's rows from `row` on; `output` are those of the output.
  fileprivate func start(_ output: UnsafePointer<Float>, row: Int, _ columns: Int) -> Start {
    switch self {
    case .nothing: .nothing
    case .output: Start(pointer: output, stride: columns)
    case .row(let values): Start(pointer: values.pointer, stride: 0)
    case .tensor(let values): Start(pointer: values.pointer + row * columns, stride: columns)
    }
  }
}
