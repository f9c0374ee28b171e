import CLibAV

/// A clip that is read by time, or by the number of the frame.
///
/// ```swift
/// let reader = try VideoReader(path: "clip.mp4")
/// let pictures = try reader.pictures(at: [0, 0.1, 0.2], framing: Framing(width: 64, height: 64))
/// ```
/// Time 0 and frame 0 are the first shown frame, whatever timestamp it carries. Display rotation and sample aspect ratio
/// are applied. However a picture is reached, it is the one that reading the clip from its start gives.
///
/// A reader is for one thread at a time; readers of different files may work side by side.
public final class VideoReader {
  /// What the header and the first frame say.
  public let info: VideoInfo

  let bytes: ClipBytes
  let path: String
  let limits: DecodeLimits
  let deadline: Deadline
  let parameters: CodecParameters
  let clock: FrameClock
  let orientation: Orientation
  private let scaler: PictureScaler
  var source: FrameSource
  /// The frame that was shown last; nil before the first.
  var current: DecodedFrame?
  /// The number of `current`, when the source was read from its start with nothing left out; else nil.
  var number: Int?
  /// The frame after `current`, when it has been decoded already.
  var following: DecodedFrame?
  var pastDamage: [VideoError] = []
  var scan: ScanState
  /// How many frames, from the first on, were seen to come out of the decoder as the table has them.
  var proven: Int
  private var exactDuration: Double?
  /// The end of the last frame, once the whole clip was decoded, in the stream's time base.
  private var decodedEnd: Int64?
  /// How often the file was opened for decoding, and how often reading went on from a key frame: work, for tests.
  var opened = 1, seeks = 0
  /// Whether frames that nobody looks at may be left out; false once that went wrong.
  var leavesOut = true

  /// What is known of the clip's packets.
  enum ScanState {
    case notMade
    case trusted(FrameTable)
    /// Frames must be decoded one after the other.
    case distrusted
  }

  /// Opens a file.
  ///
  /// Without a timing the first frame is decoded, so a file that opens is a file that shows something. Throws when the
  /// file cannot be opened, has no video stream, or nothing in it can be decoded.
  /// - Parameter timing: what an earlier reader of the same clip learned; it spares the probing of the file, its first
  ///   frame and the search for its key frames.
  public convenience init(
    _ file: ClipFile, limits: DecodeLimits = .standard, timing: ClipTiming? = nil
  ) throws(VideoError) {
    try self.init(ClipBytes(file, limits: limits), limits: limits, timing: timing)
  }

  /// Opens the file at a path, wherever it leads.
  public convenience init(path: String, limits: DecodeLimits = .standard) throws(VideoError) {
    try self.init(ClipFile(path: path), limits: limits)
  }

  /// Reads an open file from its beginning.
  public init(
    _ bytes: ClipBytes, limits: DecodeLimits = .standard, timing: ClipTiming? = nil
  ) throws(VideoError) {
    self.bytes = bytes
    path = bytes.file.description
    self.limits = limits
    deadline = Deadline(seconds: limits.maxSeconds)
    scaler = PictureScaler(maxPixels: limits.maxPixels)
    if let timing, timing.describes(bytes), let table = timing.table {
      (info, clock, parameters) = (timing.info, timing.clock, timing.parameters)
      (scan, proven, exactDuration) = (.trusted(table), timing.proven, timing.duration)
      source = try FrameSource(bytes, limits: limits, deadline: deadline, known: (parameters, clock))
      orientation = source.demuxer.orientation
      return
    }
    source = try FrameSource(bytes, limits: limits, deadline: deadline)
    parameters = CodecParameters(of: source.demuxer)
    guard let first = try source.next(), let clock = source.clock else {
      let why =
        source.damage.first.map { "no frame can be decoded: \($0.reason)" }
        ?? "its video stream holds no frames"
      throw VideoError(path: path, stage: .decode, reason: why)
    }
    (current, number, self.clock) = (first, 0, clock)
    orientation =
      source.demuxer.isPicture
      ? try Orientation(ofPicture: first.memory, in: bytes) : source.demuxer.orientation
    info = VideoInfo(of: source, first: first, orientation: orientation)
    (scan, proven) = (source.demuxer.isSeekable ? .notMade : .distrusted, 0)
    if let timing, timing.describes(bytes) { exactDuration = timing.duration }
  }

  /// What could not be read or decoded, or only with errors, so far: read a clip to its end to know all of it.
  ///
  /// libav conceals much damage, and damage that leaves a valid stream leaves no trace here.
  public var damage: [VideoError] { pastDamage + source.damage.filter { !pastDamage.contains($0) } }

  /// Every frame in the order shown, with its time in seconds after the first, until `body` says false.
  ///
  /// Times ascend unless the file's timestamps are broken. Without a framing, frames have their displayed size.
  public func forEachFrame(
    framing: Framing? = nil, _ body: (_ picture: Picture, _ seconds: Double) throws -> Bool
  ) throws {
    try forEachDecodedFrame { try body(picture(of: $0, framing: framing), $1) }
  }

  /// The same with frames as the decoder gives them.
  func forEachDecodedFrame(_ body: (_ frame: DecodedFrame, _ seconds: Double) throws -> Bool) throws {
    deadline.restart()
    var frame = try start()
    var end = frame.end
    while true {
      guard try body(frame, seconds(frame)) else { return }
      deadline.restart()
      guard let next = try step() else { break }
      frame = next
      end = max(end, next.end)
    }
    decodedEnd = end
  }

  /// How long the clip can be sampled, in seconds: from the first shown frame to the end of the last.
  ///
  /// The last frame's duration is its packet's; mp4 keeps steps of decoding there, so that in a clip of variable rate
  /// with B-frames it can be that of a neighbour.
  /// The first call reads the packets' timestamps to the end of the file, and decodes only where some are missing.
  public func shownDuration() throws(VideoError) -> Double {
    if let exactDuration { return exactDuration }
    deadline.restart()
    let packets = try scanPackets()
    var end: Int64
    if packets.isExact, let last = packets.last {
      end = last.pts.saturatingAdd(last.duration > 0 ? last.duration : source.nominalStep)
    } else if let decodedEnd {
      end = decodedEnd
    } else {
      end = try start().end
      while let next = try step() { end = max(end, next.end) }
    }
    let duration = clock.seconds(end)
    exactDuration = duration
    return duration
  }

  /// What this reader knows that spares a later reader of the same clip work; reads the packets' timestamps if that was
  /// not done yet.
  public func timing() throws(VideoError) -> ClipTiming {
    let duration = try shownDuration()
    var table: FrameTable?
    if case .trusted(let known) = scan { table = known }
    return ClipTiming(
      duration: duration, info: info, size: bytes.count, modified: bytes.modified, parameters: parameters,
      clock: clock, table: table, proven: proven)
  }
}

extension VideoReader {
  func seconds(_ frame: DecodedFrame) -> Double { clock.seconds(frame.ticks) }

  /// The time from which a frame is on show.
  func shownFrom(_ frame: DecodedFrame) -> Double { clock.shownFrom(frame.ticks) }

  func picture(of frame: DecodedFrame, framing: Framing?) throws(VideoError) -> Picture {
    do {
      return try scaler.picture(
        of: frame.memory, framing: framing, orientation: orientation,
        aspect: source.demuxer.sampleAspect(of: frame.memory.pointer))
    } catch {
      throw VideoError(path: path, stage: .convert, reason: error.reason, seconds: seconds(frame))
    }
  }

  /// The table of frames, made at the first call; nil when frames must be decoded one after the other.
  func frameTable() throws(VideoError) -> FrameTable? {
    if case .notMade = scan { _ = try scanPackets() }
    if case .trusted(let table) = scan { return table }
    return nil
  }

  private func scanPackets() throws(VideoError) -> PacketScan {
    let packets = try PacketScan(
      of: Demuxer(
        bytes, limits: limits, deadline: deadline, probes: false, container: parameters.container))
    if case .notMade = scan {
      // A first packet that does not decode, or is not shown, makes all times wrong.
      if let table = FrameTable(packets), table.ticks(0) == clock.origin {
        scan = .trusted(table)
        proven = 1
      } else {
        scan = .distrusted
      }
    }
    return packets
  }
}

extension VideoInfo {
  init(of source: FrameSource, first: DecodedFrame, orientation: Orientation) {
    let frame = first.memory.pointer
    let stream = source.demuxer.stream.pointee
    let shown = orientation.displayedSize(
      width: Int(frame.pointee.width), height: Int(frame.pointee.height),
      aspect: source.demuxer.sampleAspect(of: frame))
    let rate = stream.avg_frame_rate
    self.init(
      width: max(1, Int(shown.width.rounded())), height: max(1, Int(shown.height.rounded())),
      codec: source.decoder.codecName,
      pixelFormat: av_get_pix_fmt_name(AVPixelFormat(frame.pointee.format)).map { String(cString: $0) } ?? "",
      frameRate: rate.num > 0 && rate.den > 0 ? av_q2d(rate) : 0,
      duration: source.demuxer.claimedDuration, rotation: orientation.rotation,
      frameCount: stream.nb_frames > 0 ? Int(stream.nb_frames) : nil)
  }
}
