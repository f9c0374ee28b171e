/// The size of one frame whose channels lie last: H lines of W · C contiguous floats.
struct FrameSize: Sendable {
  let height: Int, width: Int, channels: Int

  /// Floats of a line.
  var line: Int { width * channels }
  /// Floats of a frame.
  var count: Int { height * line }
  /// The next level of a pyramid: half of each side, rounded up.
  var halved: FrameSize {
    FrameSize(height: (height + 1) / 2, width: (width + 1) / 2, channels: channels)
  }
}
