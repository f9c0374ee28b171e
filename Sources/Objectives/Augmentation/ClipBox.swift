/// A piece of a picture: rows `top..<bottom` and columns `left..<right`, the same in all frames of a clip.
public struct ClipBox: Sendable, Equatable {
  /// The first row and column, and those behind the last.
  public let top: Int, bottom: Int, left: Int, right: Int

  /// A box of these sides.
  public init(rows: Range<Int>, columns: Range<Int>) {
    (top, bottom) = (rows.lowerBound, rows.upperBound)
    (left, right) = (columns.lowerBound, columns.upperBound)
  }

  /// How many pixels of a frame it covers.
  public var area: Int { (bottom - top) * (right - left) }
  /// How many columns it covers.
  var width: Int { right - left }
}
