import Tensors

// Small passes over rows that models need between layers, each with the one that is its gradient.

/// Two tensors [R, D] as one [R, 2·D].
public func sideBySide(_ left: Tensor, _ right: Tensor) -> Tensor {
  precondition(left.shape == right.shape, "shapes \(left.shape) and \(right.shape) differ")
  let n = left.columns
  let both = Tensor([left.rows, 2 * n])
  parallel(over: left.rows, tile: rowsPerTile(columns: 2 * n)) { range in
    for r in range {
      both.row(r).update(from: left.row(r), count: n)
      (both.row(r) + n).update(from: right.row(r), count: n)
    }
  }
  return both
}

/// [R, 2·D] to the sum of its halves [R, D]: the gradient of what stood on both sides.
public func halvesAdded(_ both: Tensor) -> Tensor {
  precondition(both.columns % 2 == 0, "rows of \(both.columns) numbers have no halves")
  let n = both.columns / 2
  let total = Tensor([both.rows, n])
  parallel(over: both.rows, tile: rowsPerTile(columns: n)) { range in
    for r in range {
      let (x, y) = (both.row(r), total.row(r))
      sweep(n) { i, c in store(load(x, i, c) + load(x + n, i, c), y, i, c) }
    }
  }
  return total
}

/// `row` (n numbers of any shape) so many times, [count, n]. The row's gradient is the sum over rows (`addColumnSums`).
public func repeatedRow(_ row: Tensor, _ count: Int) -> Tensor {
  let rows = Tensor([count, row.count])
  let n = row.count
  parallel(over: count, tile: rowsPerTile(columns: n)) { range in
    for r in range { rows.row(r).update(from: row.pointer, count: n) }
  }
  return rows
}

/// `rows` [R, n] with `row` (n numbers of any shape) added to each. The row's gradient is the sum over rows
/// (`addColumnSums`).
public func addingRow(_ row: Tensor, to rows: Tensor) -> Tensor {
  precondition(row.count == rows.columns, "a row of \(row.count) does not fit rows of \(rows.columns)")
  let sum = Tensor(rows.shape)
  let n = rows.columns
  parallel(over: rows.rows, tile: rowsPerTile(columns: n)) { range in
    for r in range {
      let (x, y) = (rows.row(r), sum.row(r))
      sweep(n) { i, c in store(load(x, i, c) + load(row.pointer, i, c), y, i, c) }
    }
  }
  return sum
}

/// Adds row b of `rows` [B, D] to each row of the b-th of B equal groups of rows of `x` [R, D], in place. The gradient of
/// the rows is `groupSums` of that of x.
public func addToGroups(_ rows: Tensor, _ x: Tensor) {
  precondition(
    x.columns == rows.columns && x.rows % rows.rows == 0, "\(rows.shape) are no groups of \(x.shape)")
  let size = x.rows / rows.rows
  parallel(over: x.rows, tile: rowsPerTile(columns: x.columns)) { range in
    for r in range {
      let (target, source) = (x.row(r), rows.row(r / size))
      sweep(x.columns) { i, c in store(load(target, i, c) + load(source, i, c), target, i, c) }
    }
  }
}

/// The sums of `groups` equal groups of rows of `x` [R, D]: [groups, D].
public func groupSums(_ x: Tensor, groups: Int) -> Tensor {
  precondition(x.rows % groups == 0, "\(x.rows) rows are not \(groups) equal groups")
  let sums = Tensor.zeros([groups, x.columns])
  let size = x.rows / groups
  parallel(over: groups, tile: 1) { range in
    for group in range {
      let target = sums.row(group)
      for r in group * size..<(group + 1) * size {
        let source = x.row(r)
        sweep(x.columns) { i, c in store(load(target, i, c) + load(source, i, c), target, i, c) }
      }
    }
  }
  return sums
}

/// Multiplies the rows of the b-th of B equal groups of rows of `x` [R, D] by factor b, in place. The gradient of x is
/// multiplied in the same way.
public func scaleGroups(_ x: Tensor, by factors: [Float]) {
  precondition(
    !factors.isEmpty && x.rows % factors.count == 0, "\(factors.count) factors for \(x.rows) rows")
  let size = x.rows / factors.count
  parallel(over: x.rows, tile: rowsPerTile(columns: x.columns)) { range in
    for r in range where factors[r / size] != 1 {
      let (target, factor) = (x.row(r), Lanes(repeating: factors[r / size]))
      sweep(x.columns) { i, c in store(load(target, i, c) * factor, target, i, c) }
    }
  }
}
