import CLibAV

/// A clip that is read by time.
///
/// ```swift
/// let reader = try VideoReader(path: "clip.mp4")
/// let pictures = try reader.pictures(at: [0, 0.1, 0.2], framing: Framing(width: 64, height: 64))
/// ```
/// Time 0 is the first shown frame, whatever timestamp it carries. Display rotation and sample aspect ratio are
/// applied. Opening decodes the first frame, so a file that opens is a file that shows something.
///
/// A reader is for one thread at a time; readers of different files may work side by side.
public final class VideoReader {
  /// What the header and the first frame say.
  public let info: VideoInfo

  private let bytes: ClipBytes
  private let path: String
  private let limits: DecodeLimits
  private let deadline: Deadline
  private let scaler: PictureScaler
  private let orientation: Orientation
  private let origin: Int64
  private var source: FrameSource
  /// The frame that was shown last.
  private var current: DecodedFrame
  /// The frame after `current`, when it has been decoded already.
  private var following: DecodedFrame?
  /// Nothing has been shown but the first frame, so reading from the start needs no opening anew.
  private var isFresh = true
  private var pastDamage: [VideoError] = []
  private var index: PacketIndex?
  private var exactDuration: Double?
  /// How often the file was opened, and how often reading went on from a key frame far in: work, for tests.
  private(set) var opened = 1, seeks = 0

  /// Opens a file and decodes its first frame.
  ///
  /// Throws when the file cannot be opened, has no video stream, or nothing in it can be decoded.
  public convenience init(_ file: ClipFile, limits: DecodeLimits = .standard) throws(VideoError) {
    try self.init(ClipBytes(file, limits: limits), limits: limits)
  }

  /// Opens the file at a path, wherever it leads.
  public convenience init(path: String, limits: DecodeLimits = .standard) throws(VideoError) {
    try self.init(ClipFile(path: path), limits: limits)
  }

  /// Reads an open file from its beginning.
  public init(_ bytes: ClipBytes, limits: DecodeLimits = .standard) throws(VideoError) {
    self.bytes = bytes
    path = bytes.file.description
    self.limits = limits
    deadline = Deadline(seconds: limits.maxSeconds)
    scaler = PictureScaler(maxPixels: limits.maxPixels)
    source = try FrameSource(bytes, limits: limits, deadline: deadline)
    guard let first = try source.next() else {
      let why =
        source.damage.first.map { "no frame can be decoded: \($0.reason)" }
        ?? "its video stream holds no frames"
      throw VideoError(path: path, stage: .decode, reason: why)
    }
    current = first
    origin = first.ticks
    orientation = source.demuxer.orientation
    info = VideoInfo(of: source, first: first, orientation: orientation)
  }

  /// What could not be read or decoded, or only with errors, so far: read a clip to its end to know all of it.
  ///
  /// libav conceals much damage, and damage that leaves a valid stream leaves no trace here.
  public var damage: [VideoError] { pastDamage + source.damage.filter { !pastDamage.contains($0) } }

  /// The pictures shown at the given times, in seconds after the first shown frame.
  ///
  /// The picture shown at time t is the frame with the greatest timestamp ≤ t, with half a microsecond for rounding;
  /// after the end it is the last frame, before the start the first.
  /// - Parameter times: ascending.
  public func pictures(at times: [Double], framing: Framing) throws(VideoError) -> [Picture] {
    deadline.restart()
    var pictures: [Picture] = []
    var shown: Int64?
    for (i, time) in times.enumerated() {
      precondition(i == 0 || time >= times[i - 1], "times must ascend: \(times[i - 1]) before \(time)")
      try advance(to: time)
      // A frame that stays on is converted once.
      if let last = pictures.last, shown == current.ticks {
        pictures.append(last)
      } else {
        pictures.append(try picture(of: current, framing: framing))
        shown = current.ticks
      }
    }
    return pictures
  }

  /// Every frame in the order shown, with its time in seconds after the first, until `body` says false.
  ///
  /// Times ascend unless the file's timestamps are broken. Without a framing, frames have their displayed size.
  public func forEachFrame(
    framing: Framing? = nil, _ body: (_ picture: Picture, _ seconds: Double) throws -> Bool
  ) throws {
    deadline.restart()
    if !isFresh { try rewind() }
    repeat {
      guard try body(picture(of: current, framing: framing), seconds(current)) else { return }
      deadline.restart()
    } while try step()
  }

  /// How long the clip can be sampled, in seconds: from the first shown frame to the end of the last.
  ///
  /// The last frame's duration is its packet's; mp4 keeps steps of decoding there, so that in a clip of variable rate
  /// with B-frames it can be that of a neighbour.
  /// The first call reads the packets' timestamps to the end of the file, and decodes only where some are missing.
  public func shownDuration() throws(VideoError) -> Double {
    if let exactDuration { return exactDuration }
    deadline.restart()
    let index = try packetIndex()
    var end: Int64
    if index.isExact, let last = index.last {
      end = last.pts.saturatingAdd(last.duration > 0 ? last.duration : source.nominalStep)
    } else {
      if !isFresh { try rewind() }
      end = current.end
      while try step() { end = max(end, current.end) }
    }
    let duration = source.seconds(end)
    exactDuration = duration
    return duration
  }
}

extension VideoReader {
  private func seconds(_ frame: DecodedFrame) -> Double { source.seconds(frame.ticks) }

  private func picture(of frame: DecodedFrame, framing: Framing?) throws(VideoError) -> Picture {
    do {
      return try scaler.picture(
        of: frame.memory, framing: framing, orientation: orientation,
        aspect: source.demuxer.sampleAspect(of: frame.memory.pointer))
    } catch {
      throw VideoError(path: path, stage: .convert, reason: error.reason, seconds: seconds(frame))
    }
  }

  /// Makes `current` the frame shown at a time.
  private func advance(to time: Double) throws(VideoError) {
    let limit = time + 0.5e-6
    if seconds(current) > limit, !isFresh { try rewind() }
    try leap(to: limit)
    while let next = try peek(), seconds(next) <= limit {
      isFresh = false
      following = nil
      // A timestamp that steps back, in a broken file, does not bring an earlier time back.
      if next.ticks >= current.ticks { current = next }
    }
  }

  private func peek() throws(VideoError) -> DecodedFrame? {
    if following == nil { following = try source.next() }
    return following
  }

  /// Makes the next frame the current one; false at the end.
  private func step() throws(VideoError) -> Bool {
    guard let next = try peek() else { return false }
    following = nil
    isFresh = false
    current = next
    return true
  }

  /// Starts over: the way to its start that works for every container, and gives the same frames.
  private func rewind() throws(VideoError) {
    pastDamage = damage
    source = try FrameSource(bytes, limits: limits, deadline: deadline)
    opened += 1
    following = nil
    guard let first = try source.next() else {
      throw VideoError(path: path, stage: .decode, reason: "its first frame cannot be decoded any more")
    }
    current = first
    isFresh = true
  }
}

extension VideoReader {
  /// Frames that are decoded rather than leapt over: below it, finding the key frame costs more than decoding.
  private static let worthALeap = 64

  /// Goes to the last key frame before a time when that saves decoding, in containers whose index can be trusted.
  ///
  /// It is done only where each packet has a time of its own, and only if the key frame comes out first and whole;
  /// otherwise the frames are decoded one after the other. Either way the pictures are the same.
  private func leap(to limit: Double) throws(VideoError) {
    let name = source.demuxer.containerName
    guard name.hasPrefix("mov") || name.hasPrefix("matroska") else { return }
    let rate = info.frameRate > 0 ? info.frameRate : 30
    guard (limit - seconds(current)) * rate > Double(VideoReader.worthALeap) else { return }

    let index = try packetIndex()
    let base = av_q2d(source.demuxer.stream.pointee.time_base)
    let target = Int64(max(-1e18, min(limit / base, 1e18))).saturatingAdd(origin)
    guard index.isExact, let key = index.key(atOrBefore: target),
      index.count(after: (following ?? current).ticks, before: key.pts) > VideoReader.worthALeap
    else { return }
    following = nil
    isFresh = false
    if let frame = try source.seek(to: key, origin: origin) {
      current = frame
      seeks += 1
    } else {
      try rewind()
      self.index?.distrust()
    }
  }

  private func packetIndex() throws(VideoError) -> PacketIndex {
    if let index { return index }
    let index = try PacketIndex(of: Demuxer(bytes, limits: limits, deadline: deadline))
    self.index = index
    return index
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
