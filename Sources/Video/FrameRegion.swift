/// A part of a frame as it is shown, in shares of its width and height: 0 is the left and the top, 1 the right and the
/// bottom.
public struct FrameRegion: Sendable, Hashable, Codable {
  /// Where it begins.
  public let x: Double, y: Double
  /// How wide and high it is.
  public let width: Double, height: Double

  /// A part of some size that lies within the frame.
  public init(x: Double, y: Double, width: Double, height: Double) {
    let slack = 1e-9
    precondition(
      x >= 0 && y >= 0 && width > 0 && height > 0 && x + width <= 1 + slack && y + height <= 1 + slack,
      "a region of \(width)×\(height) at (\(x), \(y)) is not within the frame")
    (self.x, self.y, self.width, self.height) = (x, y, width, height)
  }
}
