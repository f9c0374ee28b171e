import Files
import Glibc
import Isolation

/// A clip that is read in a process of its own, which is locked in: what a hostile one does to the code that decodes it
/// happens there. A crash there is an error about the clip here, and a call that does not end is ended.
///
/// A reader is for one thread at a time. Processes are used again for other clips, so that one that a clip has taken over
/// could give false pictures of later ones, and no more.
public final class IsolatedVideoReader: VideoReading {
  /// What the header and the first frame say.
  public let info: VideoInfo

  private let path: String
  private let limits: DecodeLimits
  let process: IsolatedProcess
  /// More frames than a clip can have: each takes a byte of it at least.
  private let mostFrames: Int
  /// Whether frames are still to come, so that the process is of no use to others.
  private var isInStream = false
  /// Whether something failed there: what the clip has done to the process then is not known, and it is not used again.
  private var hasFailed = false

  /// Hands an open clip to an isolated process.
  /// - Throws: when it cannot be opened there, has no video stream, or nothing in it can be decoded.
  public init(_ bytes: ClipBytes, limits: DecodeLimits) throws(VideoError) {
    path = bytes.file.description
    self.limits = limits
    mostFrames = bytes.count
    do {
      process = try IsolatedProcess.take(.clips, memory: Self.memory(limits))
    } catch {
      // What keeps processes from starting says nothing of the clip.
      throw VideoError(path: path, system: (error as? MachineError)?.code ?? EAGAIN)
    }
    let request = ClipRequest.open(
      name: path, file: bytes.identity, offset: bytes.offset, count: bytes.count, modified: bytes.modified,
      limits: limits)
    let process = process
    let reply = try reading(path, .open) { () throws(IsolatedProcess.Failure) in
      try process.send(request, descriptor: bytes.descriptor)
      return try process.call(within: Self.patience(limits), ClipReply.self)
    }
    switch reply {
    case .info(let info) where info.isSound: self.info = info
    case .failed(let trouble): throw trouble.error(path)
    default: throw VideoError(path: path, stage: .open, reason: process.nonsense("something else").reason)
    }
  }

  deinit {
    guard !isInStream, !hasFailed, (try? process.send(ClipRequest.close)) != nil else { return }
    process.giveBack()
  }

  /// What could not be read or decoded, or only with errors, so far.
  public var damage: [VideoError] {
    do throws(VideoError) {
      guard case .damage(let troubles) = try answer(to: .damage).reply else { throw confused }
      return troubles.map { $0.error(path) }
    } catch {
      return [error]
    }
  }

  /// How long the clip can be sampled, in seconds. The process keeps what it learns of the clip meanwhile.
  public func shownDuration() throws(VideoError) -> Double {
    guard case .duration(let seconds) = try answer(to: .duration).reply, seconds.isFinite else {
      throw confused
    }
    return seconds
  }

  /// The pictures shown at ascending times, in seconds after the first shown frame.
  public func pictures(at times: [Double], framing: Framing?) throws(VideoError) -> [Picture] {
    let answer = try answer(
      to: .pictures(times: times, framing: framing), mostJSON: (1 << 20) + 64 * times.count)
    return try pictures(answer, count: times.count, framing)
  }

  /// The brightness of every frame in the order shown, with its time in seconds, until `body` says false.
  public func forEachLuma(
    side: Int, _ body: (_ picture: LumaPicture, _ seconds: Double) throws -> Bool
  ) throws {
    var next = try answer(to: .luma(side: side))
    var count = 0
    while case .luma(let seconds) = next.reply {
      count += 1
      guard next.byteCount == side * side, seconds.isFinite, count <= mostFrames else { throw confused }
      isInStream = true
      let goesOn = try body(LumaPicture(side: side, samples: bytes(side * side)), seconds)
      isInStream = false
      next = try answer(to: .goOn(goesOn))
    }
    guard case .end = next.reply else { throw confused }
  }

  /// Every frame that `pictures(at:framing:)` can show from a time on, until `body` says false.
  public func forEachShownFrame(
    from start: Double, framing: Framing,
    _ body: (_ seconds: Double, _ next: Double?, _ picture: () throws(VideoError) -> Picture) throws -> Bool
  ) throws {
    var next = try answer(to: .shownFrames(start: start, framing: framing))
    var count = 0
    while case .shownFrame(let seconds, let following) = next.reply {
      count += 1
      guard seconds.isFinite, following?.isFinite ?? true, count <= mostFrames else { throw confused }
      isInStream = true
      let goesOn = try body(seconds, following) { () throws(VideoError) in
        try pictures(answer(to: .picture), count: 1, framing)[0]
      }
      isInStream = false
      next = try answer(to: .goOn(goesOn))
    }
    guard case .end = next.reply else { throw confused }
  }
}

extension IsolatedVideoReader {
  /// Finds out whether the machine lets a process be locked in; it waits for the first clip then.
  /// - Throws: `MachineError`, `IsolationError`.
  public static func check(_ limits: DecodeLimits) throws {
    try IsolatedProcess.take(.clips, memory: memory(limits)).giveBack()
  }

  private typealias Answer = (reply: ClipReply, byteCount: Int)

  /// The process's own limit comes first, unless it hangs in a call that does not look at the time.
  private static func patience(_ limits: DecodeLimits) -> Double { limits.maxSeconds + 5 }

  /// Room for the frames that a decoder refers to, and for copies of them: some formats take 16 bytes a pixel.
  private static func memory(_ limits: DecodeLimits) -> Int {
    max(1 << 30, 16 * 24 * min(limits.maxPixels, 1 << 32))
  }

  private func answer(to request: ClipRequest, mostJSON: Int = 1 << 20) throws(VideoError) -> Answer {
    let answer = try reading(path) { () throws(IsolatedProcess.Failure) in
      try process.send(request)
      return try process.receive(within: Self.patience(limits), mostJSON: mostJSON, ClipReply.self)
    }
    if case .failed(let trouble) = answer.reply {
      hasFailed = true
      throw trouble.error(path)
    }
    return answer
  }

  private func pictures(
    _ answer: Answer, count: Int, _ framing: Framing?
  ) throws(VideoError) -> [Picture] {
    guard case .pictures(let sizes) = answer.reply,
      let byteCounts = sizes.byteCounts(count: count, framing, most: limits.maxPixels),
      answer.byteCount == byteCounts.reduce(0, +)
    else { throw confused }
    var pictures: [Picture] = []
    for (side, byteCount) in zip(sizes.sides, byteCounts) {
      pictures.append(Picture(width: side[0], height: side[1], pixels: try bytes(byteCount)))
    }
    return pictures
  }

  private func bytes(_ count: Int) throws(VideoError) -> [UInt8] {
    try reading(path) { () throws(IsolatedProcess.Failure) in
      var failure: IsolatedProcess.Failure?
      let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
        do throws(IsolatedProcess.Failure) {
          try process.fill(UnsafeMutableRawBufferPointer(buffer), within: Self.patience(limits))
          filled = count
        } catch {
          failure = error
        }
      }
      if let failure { throw failure }
      return bytes
    }
  }

  private var confused: VideoError {
    VideoError(path: path, stage: .decode, reason: process.nonsense("something else").reason)
  }
}

/// The errors of a process as errors about a clip.
private func reading<Result>(
  _ path: String, _ stage: VideoError.Stage = .decode, _ body: () throws(IsolatedProcess.Failure) -> Result
) throws(VideoError) -> Result {
  do throws(IsolatedProcess.Failure) {
    return try body()
  } catch {
    throw error.isMachines
      ? VideoError(path: path, stage: stage, system: ENOMEM)
      : VideoError(path: path, stage: stage, reason: error.reason)
  }
}
