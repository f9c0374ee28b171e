/// How a convolution's products are cut into tiles, each gathered in the cache and multiplied by OpenBLAS on one thread.
///
/// Tiles of the forward product follow from the layer alone, not from the number of frames, and each has as many rows as
/// any other (the last one is filled up): so a pixel's bits do not depend on the frames that come with it, and a clip
/// that is encoded in parts gives the bits of the whole.
struct ConvolutionTiling: Equatable {
  /// Rows of a tile.
  let rows: Int
  /// Runs of taps that are gathered at once.
  let runs: Int

  /// Floats of a gathered tile: about half of the second cache.
  private static let gathered = 96 << 10

  /// - Parameters:
  ///   - runs: runs of a row.
  ///   - run: floats of a run.
  init(runs: Int, run: Int) {
    let columns = max(1, runs * run)
    // Whole rows where at least this many fit: the weight is laid out anew for each tile.
    let rows = min(256, max(128, Self.gathered / columns & ~15))
    self.rows = rows
    self.runs = max(1, min(runs, 2 * Self.gathered / (rows * run)))
  }
}
