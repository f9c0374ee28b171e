import Tensors

/// The right factor of a product in the order in which the innermost loop reads it: panels of a few columns, each with
/// its rows one after the other.
///
/// b [numbers, columns], in `depth` terms, becomes panels of `RegisterTile.columns` columns, the last one filled up
/// with zeros to a half or a whole. Copying costs one pass over b, and pays it back with every strip of rows that b is
/// then multiplied with.
struct Panels<Term: ProductTerm> {
  /// Sizes of b.
  let numbers: Int, columns: Int
  /// Terms of a column.
  let depth: Int

  /// The layout of a factor b [numbers, columns].
  init(numbers: Int, columns: Int) {
    self.numbers = numbers
    self.columns = columns
    depth = Term.count(numbers)
  }

  /// Floats that the panels take.
  var floats: Int { depth * ((columns + 15) & ~15) }
  /// How many panels there are.
  var count: Int { (columns + Self.width - 1) / Self.width }
  /// Columns of a whole panel.
  private static var width: Int { RegisterTile<Term>.columns }
  /// Columns of a panel in memory: whole, or half of that.
  @inline(__always) func width(_ panel: Int) -> Int {
    min(Self.width, (columns &- panel &* Self.width &+ 15) & ~15)
  }
  /// Where a panel begins.
  @inline(__always) func place(_ panel: Int) -> Int { panel &* Self.width &* depth }

  /// Fills all panels from b, or from its transpose if `transposed`, whose rows are `stride` floats apart.
  func fill(
    _ target: UnsafeMutablePointer<Float>, from b: UnsafePointer<Float>, stride: Int, transposed: Bool
  ) {
    for panel in 0..<count {
      let (first, width) = (panel * Self.width, width(panel))
      let (start, count) = (target + place(panel), min(width, columns - first))
      if transposed {
        for column in Swift.stride(from: 0, to: count, by: 16) {
          transpose(
            b + (first + column) * stride, stride, rows: min(16, count - column), into: start + column, width)
        }
      } else {
        copy(b + first, stride, count, into: start, width)
      }
    }
  }

  /// `count` columns of b [numbers, …] to a panel, filled up with zeros.
  private func copy(
    _ b: UnsafePointer<Float>, _ stride: Int, _ count: Int, into target: UnsafeMutablePointer<Float>,
    _ width: Int
  ) {
    var row = target
    for term in 0..<depth {
      store(
        Term.across(b, stride: stride, term, rows: numbers, columns: min(16, count)), row, 0, 16)
      if width > 16 {
        store(
          Term.across(b + 16, stride: stride, term, rows: numbers, columns: count &- 16), row, 16, 16)
      }
      row += width
    }
  }

  /// b [rows, numbers] to sixteen columns of a panel, sixteen terms at a time.
  private func transpose(
    _ b: UnsafePointer<Float>, _ stride: Int, rows: Int, into target: UnsafeMutablePointer<Float>,
    _ width: Int
  ) {
    // The transpose of sixteen rows of sixteen is four perfect shuffles, each between rows that are eight apart.
    withUnsafeTemporaryAllocation(of: Lanes.self, capacity: 32) { memory in
      let (block, other) = (memory.baseAddress!, memory.baseAddress! + 16)
      block.initialize(repeating: Lanes(repeating: 0), count: 32)
      for p in Swift.stride(from: 0, to: depth, by: 16) {
        let count = min(16, depth - p)
        for r in 0..<rows { block[r] = Term.along(b + r &* stride, p, numbers: numbers) }
        for r in rows..<16 { block[r] = Lanes(repeating: 0) }
        shuffle(block, into: other)
        shuffle(other, into: block)
        shuffle(block, into: other)
        shuffle(other, into: block)
        for i in 0..<count { store(block[i], target + (p &+ i) &* width, 0, 16) }
      }
    }
  }
}

/// Sixteen rows to sixteen: the numbers of each pair of rows eight apart alternate in two neighbours.
@inline(__always)
private func shuffle(_ rows: UnsafePointer<Lanes>, into target: UnsafeMutablePointer<Lanes>) {
  for i in 0..<8 {
    let (upper, lower) = (rows[i], rows[i &+ 8])
    var (first, second) = (upper, upper)
    first.evenHalf = upper.lowHalf
    first.oddHalf = lower.lowHalf
    second.evenHalf = upper.highHalf
    second.oddHalf = lower.highHalf
    target[2 &* i] = first
    target[2 &* i &+ 1] = second
  }
}
