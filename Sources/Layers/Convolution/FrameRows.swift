/// The rows of a product, one for each pixel of some frames, so that a pixel's bits depend on its place in its frame but
/// not on which frame of how many it is.
///
/// Some kernels for products compute rows a little otherwise by their place in a product, with a period
/// (`Precision.rowPeriod`). So each frame begins at a multiple of it, and the rows between are nobody's.
struct FrameRows {
  /// Pixels of a frame.
  let pixels: Int
  /// Rows of a frame: the pixels and those behind them that are nobody's.
  let padded: Int
  /// All rows.
  let count: Int

  /// - Parameters:
  ///   - frames: those of all clips.
  ///   - period: that of the kernels.
  init(frames: Int, pixels: Int, period: Int) {
    self.pixels = pixels
    padded = (pixels + period - 1) / period * period
    count = frames * padded
  }

  /// The frames that some rows are of, counted over all clips.
  func frames(of rows: Range<Int>) -> ClosedRange<Int> {
    rows.lowerBound / padded...(rows.upperBound - 1) / padded
  }

  /// Calls `body` for each run of pixels of a range of rows.
  /// - Parameter body: gets the pixels, counted over all frames, and the place of their first row in the range.
  @inline(__always)
  func forEachRun(of rows: Range<Int>, _ body: (_ pixels: Range<Int>, _ place: Int) -> Void) {
    guard padded != pixels else { return body(rows, 0) }
    for frame in frames(of: rows) {
      let (first, own) = (frame * padded, frame * pixels)
      let start = max(rows.lowerBound, first), end = min(rows.upperBound, first + pixels)
      if start < end { body(own + start - first..<own + end - first, start - rows.lowerBound) }
    }
  }
}
