/// What one reading of a clip teaches the next: with it, opening costs the header and a seek.
///
/// Make it with `VideoReader.timing()` and hand it to a later reader of the same clip, on any thread. It changes no
/// picture. A file that was written meanwhile is read as if there were none.
public struct ClipTiming: Sendable {
  /// How long the clip can be sampled, in seconds: from the first shown frame to the end of the last.
  public let duration: Double
  /// What the header and the first frame say.
  public let info: VideoInfo

  let size: Int
  let modified: Int
  let parameters: CodecParameters
  /// When frames are shown.
  let clock: FrameClock
  /// When each frame is shown; nil for a clip that must be decoded from its start.
  let table: FrameTable?
  /// How many frames, from the first on, are known to come out of the decoder as the table has them.
  let proven: Int

  /// Bytes that it takes in memory, about.
  public var byteCount: Int { 200 + parameters.byteCount + (table?.byteCount ?? 0) }

  /// Whether this is about the bytes of an open file.
  func describes(_ bytes: ClipBytes) -> Bool { size == bytes.count && modified == bytes.modified }
}
