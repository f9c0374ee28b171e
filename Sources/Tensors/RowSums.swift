// Sums over rows, which must come out the same whatever the number of threads: tiles of rows are summed each by itself,
// and their sums are added in order.

/// Sums over tiles of rows: one row of `columns` sums for each tile, in order.
///
/// Rows come in groups, which are cut into tiles of 64, so that a few large groups keep all threads busy too; `body`
/// adds its rows into the tile's own sums, which are zero before.
public func tileSums(
  groups: Int = 1, rowsPerGroup: Int, columns: Int,
  _ body: (_ group: Int, _ rows: Range<Int>, _ sums: UnsafeMutablePointer<Float>) -> Void
) -> Tensor {
  let tile = max(1, min(rowsPerGroup, 64))
  let tiles = (rowsPerGroup + tile - 1) / tile
  let sums = Tensor([groups * tiles, columns])
  parallel(over: groups * tiles, tile: 1) { range in
    for index in range {
      let (group, first) = (index / tiles, index % tiles * tile)
      let start = group * rowsPerGroup
      sums.row(index).update(repeating: 0, count: columns)
      body(group, start + first..<start + min(first + tile, rowsPerGroup), sums.row(index))
    }
  }
  return sums
}

/// `row` += the sum over all rows of `x`: the gradient of what was added to each row. Without a row, nothing.
///
/// x [rows, columns], row [columns].
public func addColumnSums(of x: Tensor, to row: Tensor?) {
  guard let row else { return }
  precondition(row.count == x.columns, "one sum for each of \(x.columns) columns")
  let sums = tileSums(rowsPerGroup: x.rows, columns: x.columns) { _, rows, sums in
    for r in rows { add(x.row(r), to: sums, x.columns) }
  }
  addTileSums(sums, from: 0, to: row)
}

/// `row` += the sum over all rows of `x`, and x at a precision, in one pass. At float32 that is x itself.
///
/// x [rows, columns], row [columns].
public func convertedAddingColumnSums(of x: Tensor, to row: Tensor?, _ precision: Precision) -> Tensor {
  guard let row, precision != x.precision else {
    addColumnSums(of: x, to: row)
    return x.converted(to: precision)
  }
  precondition(row.count == x.columns, "one sum for each of \(x.columns) columns")
  let result = Tensor(x.shape, precision)
  let sums = tileSums(rowsPerGroup: x.rows, columns: x.columns) { _, rows, sums in
    for r in rows { add(x.row(r), to: sums, x.columns) }
    result.copy(rows, from: x)
  }
  addTileSums(sums, from: 0, to: row)
  return result
}

/// `row` += the sums over tiles that begin at column `first`. Without a row, nothing.
///
/// sums [tiles, columns], row at most [columns].
public func addTileSums(_ sums: Tensor, from first: Int = 0, to row: Tensor?) {
  guard let row else { return }
  precondition(
    first + row.count <= sums.columns, "\(row.count) sums of \(sums.columns) columns from \(first) on")
  parallel(over: row.count, tile: 64) { range in
    for tile in 0..<sums.rows {
      add(sums.row(tile) + first + range.lowerBound, to: row.pointer + range.lowerBound, range.count)
    }
  }
}

@inline(__always)
private func add(_ x: UnsafePointer<Float>, to total: UnsafeMutablePointer<Float>, _ n: Int) {
  sweep(n) { i, c in store(load(total, i, c) + load(x, i, c), total, i, c) }
}
