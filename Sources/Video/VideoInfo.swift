/// What is known of a clip from its header and its first frame.
public struct VideoInfo: Sendable, Hashable, Codable {
  /// Width as displayed, in square pixels: after rotation and sample aspect ratio.
  public let width: Int
  /// Height as displayed, in square pixels: after rotation and sample aspect ratio.
  public let height: Int
  /// libav's name of the codec, such as `h264`.
  public let codec: String
  /// libav's name of the decoded pixel format, such as `yuv420p`.
  public let pixelFormat: String
  /// Frames per second on average as the container says; 0 when it does not.
  public let frameRate: Double
  /// Duration in seconds as the container claims; `VideoReader.shownDuration()` is exact.
  public let duration: Double?
  /// By how many degrees clockwise the coded frames are turned for display: 0, 90, 180 or 270.
  public let rotation: Int
  /// How many frames the container claims to hold; edit lists and damage make it differ from what is shown.
  public let frameCount: Int?
}
