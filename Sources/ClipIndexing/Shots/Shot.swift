/// A stretch of a clip between two cuts, and what was measured of it.
///
/// Measures are taken on the whole frame squeezed to 128 × 128 luma samples of full range, 0 black to 1 white, or on
/// the means of 2 × 2 and 4 × 4 of them.
public struct Shot: Codable, Sendable, Equatable {
  /// A stretch of time in seconds after the first shown frame.
  public struct Span: Codable, Sendable, Equatable {
    /// Where it begins.
    public var start: Double
    /// Where it ends.
    public var end: Double

    /// A stretch of time.
    public init(start: Double, end: Double) {
      self.start = start
      self.end = end
    }

    /// How many seconds it shares with another.
    package func overlap(_ other: Span) -> Double { max(0, min(end, other.end) - max(start, other.start)) }
  }

  /// Black bars at the edges, as shares of the picture's height (top, bottom) and width (left, right), in steps of
  /// 1/128.
  public struct Bars: Codable, Sendable, Equatable {
    /// Shares of the height.
    public var top = 0.0, bottom = 0.0
    /// Shares of the width.
    public var left = 0.0, right = 0.0

    /// The share of the picture's area that they cover.
    public var area: Double { 1 - (1 - top - bottom) * (1 - left - right) }
  }

  /// Where it begins, in seconds after the first shown frame.
  public var start: Double
  /// Where it ends: the beginning of the next shot, or the clip's end.
  public var end: Double
  /// How fast things move, in sides of the picture a second; nil when no two frames of it are far enough apart.
  public var motion: Double?
  /// The variance of the Laplacian, the median over the frames.
  public var sharpness: Double
  /// The mean of the samples over all frames.
  public var brightness: Double
  /// Bars that are there in every frame that is not black.
  public var bars: Bars
  /// A difference hash of what it looks like, 16 hexadecimal digits.
  public var hash: String
  /// Where it is black.
  public var black: [Span]
  /// Where nothing changes for half a second or longer.
  public var frozen: [Span]
}
