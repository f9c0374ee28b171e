import Tensors

/// The products of a convolution: rows that are gathered tile by tile, times a matrix.
struct ConvolutionProducts {
  let gather: TapGather
  /// Columns of the output, N.
  let outputs: Int
  private let tiling: ConvolutionTiling

  init(_ gather: TapGather, outputs: Int) {
    self.gather = gather
    self.outputs = outputs
    tiling = ConvolutionTiling(runs: gather.runs, run: gather.columns / max(1, gather.runs))
  }

  /// Each row times the matrix [N, columns], transposed, plus the bias [N].
  ///
  /// - Parameters:
  ///   - target: its rows get the products.
  ///   - place: which row of the target is that of a row; nil when they are the same.
  func multiply(
    transposed matrix: Tensor, plus bias: Tensor? = nil, into target: Tensor,
    at place: ((_ row: Int) -> Int)? = nil
  ) {
    precondition(matrix.count == outputs * gather.columns, "a weight for each tap and each output")
    Work.count(2 * gather.rows * outputs * gather.columns)
    let (n, tile) = (outputs, tiling.rows)
    let floats = tile * gather.columns(of: 0..<tiling.runs).count
    parallel(over: gather.rows, tile: tile, scratch: floats + tile * n, as: .products) { rows, scratch in
      let isWhole = rows.count == tile && place == nil
      let output = isWhole ? target.row(rows.lowerBound) : scratch + floats
      if let bias { for r in 0..<tile { (output + r * n).update(from: bias.pointer, count: n) } }
      eachPart(of: rows, scratch) { part, columns, isFirst in
        OpenBLAS.multiply(
          rows: tile, columns: n, terms: columns.count,
          OpenBLAS.Factor(pointer: part, stride: columns.count, isTransposed: false),
          OpenBLAS.Factor(
            pointer: matrix.pointer + columns.lowerBound, stride: gather.columns, isTransposed: true),
          into: output, stride: n, adding: bias != nil || !isFirst)
      }
      guard !isWhole else { return }
      for (i, row) in rows.enumerated() {
        target.row(place?(row) ?? row).update(from: output + i * n, count: n)
      }
    }
  }

  /// sums [N, columns] += dyᵀ rows, for dy [rows, N]: what each weight met.
  func addProducts(of outputGradient: Tensor, to sums: Tensor) {
    Work.count(2 * gather.rows * outputs * gather.columns)
    // A few shares of the rows, each with sums of its own, in as many parts of the columns: at least eight pieces of work,
    // whatever the number of threads.
    let parts = (gather.runs + tiling.runs - 1) / tiling.runs
    let tiles = (gather.rows + tiling.rows - 1) / tiling.rows
    let shares = max(1, min(tiles, (8 + parts - 1) / parts))
    let shareRows = (tiles + shares - 1) / shares * tiling.rows
    let shared = Tensor([shares, sums.count])
    let floats = tiling.rows * gather.columns(of: 0..<tiling.runs).count
    parallel(over: shares * parts, tile: 1, scratch: floats, as: .products) { range, scratch in
      for index in range {
        let (share, part) = (index / parts, index % parts)
        let runs = part * tiling.runs..<min(gather.runs, (part + 1) * tiling.runs)
        let columns = gather.columns(of: runs)
        let last = min(gather.rows, (share + 1) * shareRows)
        let target = shared.row(share) + columns.lowerBound
        if share * shareRows >= last {
          for r in 0..<outputs { (target + r * gather.columns).update(repeating: 0, count: columns.count) }
        }
        for first in stride(from: share * shareRows, to: last, by: tiling.rows) {
          let rows = first..<min(first + tiling.rows, last)
          gather.write(rows, runs: runs, to: scratch)
          OpenBLAS.multiply(
            rows: outputs, columns: columns.count, terms: rows.count,
            OpenBLAS.Factor(pointer: outputGradient.row(first), stride: outputs, isTransposed: true),
            OpenBLAS.Factor(pointer: scratch, stride: columns.count, isTransposed: false),
            into: target, stride: gather.columns, adding: first > share * shareRows)
        }
      }
    }
    addTileSums(shared, to: sums)
  }

  /// Gathers some rows part by part, and calls `body` with each part [tile, columns] and the columns that it holds.
  private func eachPart(
    of rows: Range<Int>, _ scratch: UnsafeMutablePointer<Float>,
    _ body: (_ part: UnsafePointer<Float>, _ columns: Range<Int>, _ isFirst: Bool) -> Void
  ) {
    if gather.isSource && rows.count == tiling.rows {
      return body(gather.source.row(rows.lowerBound), 0..<gather.columns, true)
    }
    for first in stride(from: 0, to: gather.runs, by: tiling.runs) {
      let runs = first..<min(first + tiling.runs, gather.runs)
      gather.write(rows, runs: runs, to: scratch)
      body(scratch, gather.columns(of: runs), first == 0)
    }
  }
}
