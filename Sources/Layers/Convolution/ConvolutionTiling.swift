import Tensors

/// How a convolution's products are cut into tiles, each gathered in the cache and multiplied by a library on one thread.
///
/// Tiles of the forward product follow from the layer alone, not from the number of frames, and each has as many rows as
/// any other (the last one is filled up). What the kernel reads of one frame is a product of its own, added to those of the
/// others. So a pixel's bits do not depend on the frames that come with it, a clip that is encoded in parts gives the bits
/// of the whole, and frames before the clip, which are zero, cost nothing.
struct ConvolutionTiling: Equatable {
  /// Rows of a tile.
  let rows: Int
  /// Lines of the kernel that are gathered at once; they are of one frame.
  let lines: Int

  /// Floats of a gathered tile: some third of the second cache.
  private static let gathered = 96 << 10
  /// The fewest rows: the weight is laid out anew for each tile.
  private static let fewest = 128

  /// - Parameters:
  ///   - lines: lines of the kernel in a frame.
  ///   - run: floats of a line.
  ///   - period: that of rows in the library's kernels, which divides the rows of a tile.
  init(lines: Int, run: Int, period: Int) {
    self.lines = max(1, min(lines, 2 * Self.gathered / (Self.fewest * max(1, run))))
    let rows = min(256, max(Self.fewest, Self.gathered / max(1, self.lines * run) & ~15))
    self.rows = max(1, rows / period) * period
  }
}
