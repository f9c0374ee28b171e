/// What can be asked of a clip that is open, in this process (`VideoReader`) or in one of its own (`IsolatedVideoReader`):
/// the answers are the same to the bit.
public protocol VideoReading {
  /// What the header and the first frame say.
  var info: VideoInfo { get }
  /// What could not be read or decoded, or only with errors, so far.
  var damage: [VideoError] { get }
  /// How long the clip can be sampled, in seconds.
  func shownDuration() throws(VideoError) -> Double
  /// The pictures shown at ascending times, in seconds after the first shown frame.
  func pictures(at times: [Double], framing: Framing?) throws(VideoError) -> [Picture]
  /// The brightness of every frame in the order shown, with its time in seconds, until `body` says false.
  func forEachLuma(side: Int, _ body: (_ picture: LumaPicture, _ seconds: Double) throws -> Bool) throws
  /// Every frame that `pictures(at:framing:)` can show from a time on, until `body` says false.
  func forEachShownFrame(
    from start: Double, framing: Framing,
    _ body: (_ seconds: Double, _ next: Double?, _ picture: () throws(VideoError) -> Picture) throws -> Bool
  ) throws
}

extension VideoReader: VideoReading {}

/// Opens a clip where its limits say, in this process or in one of its own.
/// - Parameter timing: what an earlier reader in this process learned of the same clip.
/// - Throws: when the file cannot be opened, has no video stream, or nothing in it can be decoded.
public func openVideo(
  _ bytes: ClipBytes, limits: DecodeLimits, timing: ClipTiming? = nil
) throws(VideoError) -> any VideoReading {
  limits.isolate
    ? try IsolatedVideoReader(bytes, limits: limits)
    : try VideoReader(bytes, limits: limits, timing: timing)
}
