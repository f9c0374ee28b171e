/// The frames a model sees of a clip.
public struct ClipShape: Sendable, Hashable {
  /// F: the number of frames.
  public let frames: Int
  /// H, in pixels.
  public let height: Int
  /// W, in pixels.
  public let width: Int
  /// Frames per second.
  public let frameRate: Double

  /// A shape of given sizes, each at least 1.
  public init(frames: Int, height: Int, width: Int, frameRate: Double) {
    precondition(frames > 0 && height > 0 && width > 0 && frameRate > 0, "a clip's sizes must be positive")
    self.frames = frames
    self.height = height
    self.width = width
    self.frameRate = frameRate
  }

  /// The values of one clip, 3·F·H·W.
  public var count: Int { 3 * frames * height * width }
  /// How long the frames are shown, in seconds.
  public var seconds: Double { Double(frames) / frameRate }

  /// The times of the frames when the first is at `start`, in seconds.
  public func times(from start: Double) -> [Double] {
    (0..<frames).map { start + Double($0) / frameRate }
  }
}
