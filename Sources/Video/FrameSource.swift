import CLibAV

/// A file decoded from some point on, frame by frame, with a time for each frame and a record of what was damaged.
final class FrameSource {
  let demuxer: Demuxer
  let decoder: Decoder
  /// Tells the time; nil before the first frame was decoded.
  private(set) var clock: FrameClock?
  /// How many frames were shown since the start; nil after a seek, or after frames were left out.
  private(set) var shown: Int? = 0
  /// What could not be read or decoded, or only with errors, in order; at most `damageKept` entries.
  private(set) var damage: [VideoError] = []
  /// How often something was to be noted in `damage`, kept there or not.
  private(set) var complaints = 0
  /// The timestamps of frames that somebody waits for; the decoder may leave others out, if no frame leans on them.
  /// Nil leaves nothing out.
  var wanted: Set<Int64>?
  /// The timestamps of packets whose frames may have been left out, since the start or the last seek.
  private(set) var leftOut: Set<Int64> = []
  /// Nothing was read since the file was opened.
  private(set) var isUntouched = true
  private var previous: DecodedFrame?
  private var noMorePackets = false
  private let deadline: Deadline

  private static let damageKept = 100

  /// Opens the file, to be decoded from its start.
  /// - Parameter known: what is known of it; then it is not probed.
  init(
    _ bytes: ClipBytes, limits: DecodeLimits, deadline: Deadline,
    known: (CodecParameters, FrameClock)? = nil
  ) throws(VideoError) {
    demuxer = try Demuxer(
      bytes, limits: limits, deadline: deadline, probes: known == nil, container: known?.0.container)
    decoder = try Decoder(of: demuxer, limits: limits, known: known?.0)
    clock = known?.1
    self.deadline = deadline
  }

  /// The next frame in the order shown; nil at the end.
  ///
  /// A packet that does not decode is skipped, as ffmpeg skips it, and noted in `damage`.
  func next() throws(VideoError) -> DecodedFrame? {
    while true {
      switch decoder.receive() {
      case .frame(let memory):
        let frame = timed(try opaque(memory))
        note(frame)
        previous = frame
        clock = clock ?? FrameClock(origin: frame.ticks, timeBase: timeBase, rate: averageRate)
        shown = shown.map { $0 + 1 }
        return frame
      case .failed(let code):
        note(.decode, libavWords(for: code))
        if deadline.isPast { throw VideoError(path: demuxer.path, stage: .decode, reason: deadline.reason) }
      case .hungry where !noMorePackets: try feed()
      case .hungry, .end:
        noteLog(.decode)
        return nil
      }
    }
  }

  /// The frame of a picture file as it looks on black; videos have their alpha dropped.
  private func opaque(_ memory: FrameMemory) throws(VideoError) -> FrameMemory {
    guard demuxer.isPicture else { return memory }
    do {
      return try memory.overBlack()
    } catch {
      throw VideoError(path: demuxer.path, stage: .convert, reason: error.reason)
    }
  }

  private func feed() throws(VideoError) {
    isUntouched = false
    let packet = try demuxer.nextPacket()
    if let packet {
      if packet.pointee.flags & AV_PKT_FLAG_CORRUPT != 0 { note(.stream, "a packet is cut off or corrupt") }
      choose(packet.pointee.pts)
    } else {
      noMorePackets = true
      if let code = demuxer.readError { note(.stream, libavWords(for: code)) }
    }
    noteLog(.stream)
    let code = decoder.send(packet)
    if code < 0, code != clibav_error_end_of_file() { note(.decode, libavWords(for: code)) }
  }

  /// Tells the decoder whether it may leave the frame of the next packet out.
  private func choose(_ ticks: Int64) {
    guard decoder.canSkip else { return }
    let skips = wanted.map { !$0.contains(ticks) } ?? false
    decoder.skipsUnreferenced(skips)
    if skips {
      leftOut.insert(ticks)
      shown = nil
    }
  }

  /// Settles a frame's time: its own timestamp, else libav's best estimate, else the previous frame's end.
  ///
  /// The estimate alone would not do: it depends on how many timestamps were odd so far, so on where reading began.
  private func timed(_ memory: FrameMemory) -> DecodedFrame {
    let duration = clibav_frame_duration(memory.pointer)
    let step = duration > 0 ? duration : nominalStep
    let (own, estimate) = (memory.pointer.pointee.pts, memory.pointer.pointee.best_effort_timestamp)
    var ticks = own != clibav_no_timestamp() ? own : estimate
    if ticks == clibav_no_timestamp() { ticks = previous?.end ?? 0 }
    return DecodedFrame(memory: memory, ticks: ticks, duration: step)
  }

  /// One frame at the average rate, in ticks, for frames that do not say how long they are shown; at least 1.
  var nominalStep: Int64 {
    let rate = averageRate
    guard rate.num > 0, rate.den > 0 else { return 1 }
    return max(1, av_rescale_q(1, AVRational(num: rate.den, den: rate.num), timeBase))
  }

  private var averageRate: AVRational { demuxer.stream.pointee.avg_frame_rate }
  private var timeBase: AVRational { demuxer.stream.pointee.time_base }
}

extension FrameSource {
  /// Moves to a key frame and gives it; what follows is then what decoding from the start would give. Nil when the
  /// file does not allow it, and then this source is spent.
  func seek(to key: FrameTable.Key) throws(VideoError) -> DecodedFrame? {
    shown = nil
    isUntouched = false
    // libav takes what mov and mp4 are asked for as a showing time, though they are indexed by decoding times: asked for
    // those, it goes a whole group of pictures too far back wherever frames are shown later than decoded. A key frame
    // that it cannot find by its showing time it finds by the other.
    for time in key.ticks == key.seekTime ? [key.ticks] : [key.ticks, key.seekTime] {
      guard demuxer.seek(to: time) else { continue }
      leftOut = []
      decoder.flush()
      noMorePackets = false
      previous = nil
      // Frames shown before the key frame but stored after it lean on frames that were not decoded: they do not count.
      while let frame = try next(), frame.ticks <= key.ticks {
        if frame.ticks == key.ticks { return frame }
      }
    }
    return nil
  }

  /// Forgets what was noted from some place in `damage` on: it came of how the file was read, not of the file.
  func forgetDamage(after count: Int) { damage.removeLast(max(0, damage.count - count)) }
}

extension FrameSource {
  private func note(_ frame: DecodedFrame) {
    let raw = frame.memory.pointer.pointee
    let broken = raw.flags & AV_FRAME_FLAG_CORRUPT != 0 || raw.decode_error_flags != 0
    if broken { note(.decode, "the frame is damaged", at: frame) } else { noteLog(.decode, at: frame) }
  }

  /// Notes what libav logged since the last look, if it did.
  private func noteLog(_ stage: VideoError.Stage, at frame: DecodedFrame? = nil) {
    if let line = LibavLog.takeLastError() { record(stage, line, at: frame) }
  }

  private func note(_ stage: VideoError.Stage, _ words: String, at frame: DecodedFrame? = nil) {
    record(stage, LibavLog.takeLastError().map { "\(words) (\($0))" } ?? words, at: frame)
  }

  private func record(_ stage: VideoError.Stage, _ reason: String, at frame: DecodedFrame?) {
    complaints += 1
    guard damage.count < FrameSource.damageKept else { return }
    let ticks = frame?.ticks ?? previous?.end
    damage.append(
      VideoError(
        path: demuxer.path, stage: stage, reason: reason, frame: shown,
        seconds: ticks.map { clock?.seconds($0) ?? 0 }))
  }
}
