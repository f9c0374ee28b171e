/// Bounds on what one file may cost, so that a hostile or broken one is refused and not waited for.
public struct DecodeLimits: Sendable, Hashable {
  /// The largest frame, in pixels; larger ones are refused before memory is taken for them.
  public var maxPixels: Int
  /// The longest time that opening a file, one call of `pictures(at:framing:)`, one scan of the packets, or the
  /// wait for one frame in `forEachFrame` may take, in seconds.
  public var maxSeconds: Double

  /// Bounds of one's own.
  public init(maxPixels: Int, maxSeconds: Double) {
    precondition(maxPixels > 0 && maxSeconds > 0, "limits must be above zero")
    self.maxPixels = maxPixels
    self.maxSeconds = maxSeconds
  }

  /// Frames up to 8K (8192 × 4352 pixels), and two minutes.
  public static let standard = DecodeLimits(maxPixels: 8192 * 4352, maxSeconds: 120)
}
