/// Bounds on what one file may cost, so that a hostile or broken one is refused and not waited for.
public struct DecodeLimits: Sendable, Hashable, Codable {
  /// The largest frame, in pixels; larger ones are refused before memory is taken for them.
  public var maxPixels: Int
  /// The longest time that opening a file, one call of `pictures(at:framing:)`, one scan of the packets, or the
  /// wait for one frame in `forEachFrame` may take, in seconds.
  public var maxSeconds: Double
  /// The largest clip, in bytes.
  public var maxBytes: Int
  /// libav's names of codecs that are decoded besides `Accepted.codecs`.
  public var moreCodecs: [String]
  /// Whether clips are read in a process of its own that is locked in; this changes no picture.
  public var isolate: Bool

  /// Bounds of one's own; what is left out is as in `standard`.
  public init(
    maxPixels: Int = 4096 * 2304, maxSeconds: Double = 30, maxBytes: Int = 16 << 30,
    moreCodecs: [String] = [],
    isolate: Bool = false
  ) {
    precondition(maxPixels > 0 && maxSeconds > 0 && maxBytes > 0, "limits must be above zero")
    self.maxPixels = maxPixels
    self.maxSeconds = maxSeconds
    self.maxBytes = maxBytes
    self.moreCodecs = moreCodecs
    self.isolate = isolate
  }

  /// Frames up to 4K (4096 × 2304 pixels), half a minute, 16 GiB.
  public static let standard = DecodeLimits()
}
