import Tensors

/// Sums over tiles of rows: one row of `columns` sums for each tile, in order.
///
/// Rows come in groups, which are cut into tiles of 64, so that a few large groups keep all threads busy too; `body`
/// adds its rows into the tile's own sums, which are zero before.
func tileSums(
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
