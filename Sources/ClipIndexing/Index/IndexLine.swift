/// What `vfm-data index` found out about one clip: a line of `index.jsonl`.
public struct IndexLine: Codable, Sendable, Equatable {
  /// Whether the clip can be used.
  public enum Verdict: String, Codable, Sendable {
    /// Every frame decodes without a complaint.
    case good
    /// Frames come out, but the decoder complained.
    case damaged
    /// Nothing comes out.
    case unreadable
  }

  /// The clip as the manifest names it.
  public var path: String
  /// The size of the clip in bytes.
  public var bytes: Int
  /// The digest of the clip's bytes, empty when they could not be read.
  public var sha256: String
  /// libav's name of the codec.
  public var codec: String?
  /// libav's name of the decoded pixel format.
  public var pixelFormat: String?
  /// Width as displayed, in pixels.
  public var width: Int?
  /// Height as displayed, in pixels.
  public var height: Int?
  /// How many frames decoding gives.
  public var frames: Int?
  /// Frames per second on average as the container says.
  public var frameRate: Double?
  /// From the first shown frame to the end of the last, in seconds.
  public var duration: Double?
  /// By how many degrees clockwise the coded frames are turned for display.
  public var rotation: Int?
  /// Whether the clip can be used.
  public var verdict: Verdict
  /// Why the verdict is not good; libav's own words where they are known.
  public var reason: String?
  /// The clip's shots in order, with what was measured of each; nil when nothing decodes.
  public var shots: [Shot]?

  enum CodingKeys: String, CodingKey {
    case path, bytes, sha256, codec, pixelFormat, width, height, frames, frameRate, duration, rotation,
      verdict
    case reason, shots
  }
}
