/// Frames one after the other, from the start of the file: the way that works for every container, and the reference
/// for the other one.
extension VideoReader {
  /// How much later than asked for a frame may begin and still be the one on show: half a microsecond, for rounding.
  public static let timeTolerance = 0.5e-6

  /// Makes the first frame the current one, opening the file anew unless it is that already.
  func start() throws(VideoError) -> DecodedFrame {
    if number == 0, taken == 1, let current { return current }
    return try rewind()
  }

  /// How many frames the source gave that were gone past or shown; nil where it was not read from its start.
  private var taken: Int? { source.shown.map { $0 - (following == nil ? 0 : 1) } }

  /// The first frame of a source that is opened anew and probed.
  private func rewind() throws(VideoError) -> DecodedFrame {
    pastDamage = damage
    source = try FrameSource(bytes, limits: limits, deadline: deadline)
    opened += 1
    (current, number, following) = (nil, nil, nil)
    guard let first = try source.next() else {
      throw VideoError(path: path, stage: .decode, reason: "its first frame cannot be decoded any more")
    }
    (current, number) = (first, 0)
    prove(first, number: 0)
    return first
  }

  /// Makes the next frame the current one; nil at the end.
  func step() throws(VideoError) -> DecodedFrame? {
    guard let next = try peek() else { return nil }
    take(next, shows: true)
    return next
  }

  /// The next frame, without going past the current one; nil at the end.
  func peek() throws(VideoError) -> DecodedFrame? {
    if following == nil { following = try attempt { () throws(VideoError) in try source.next() } }
    return following
  }

  /// Does work on the source; when it throws, such as at the time limit, what was read so far counts no more, and the
  /// next call starts anew.
  func attempt<Result>(_ work: () throws(VideoError) -> Result) throws(VideoError) -> Result {
    do {
      return try work()
    } catch {
      (current, number, following) = (nil, nil, nil)
      throw error
    }
  }

  /// Goes past `following`, and shows it if it is to be shown.
  private func take(_ next: DecodedFrame, shows: Bool) {
    following = nil
    let place = source.shown.map { $0 - 1 }
    if let place { prove(next, number: place) }
    if shows { (current, number) = (next, place) }
  }

  /// Compares a frame as it came out of the decoder with the table.
  private func prove(_ frame: DecodedFrame, number: Int) {
    guard number == proven, case .trusted(let table) = scan else { return }
    if number < table.count, table.ticks(number) == frame.ticks {
      proven += 1
    } else {
      scan = .distrusted
    }
  }

  /// Makes `current` the frame shown at a time.
  func advance(to limit: Double) throws(VideoError) -> DecodedFrame {
    var shown: DecodedFrame
    if let current, number != nil, shownFrom(current) <= limit {
      shown = current
    } else {
      shown = try start()
    }
    while let next = try peek(), shownFrom(next) <= limit {
      // A timestamp that steps back, in a broken file, does not bring an earlier time back.
      let shows = next.ticks >= shown.ticks
      take(next, shows: shows)
      if shows { shown = next }
    }
    return shown
  }

  /// Every frame that `pictures(at:framing:)` can show from a time on, in the order shown, until `body` says false.
  ///
  /// - Parameters:
  ///   - start: in seconds after the first shown frame; what is shown then comes first.
  ///   - body: gets the time from which the frame is on show, that of the next one (nil for the last), and a way to its
  ///     picture, which costs nothing unless it is asked for.
  public func forEachShownFrame(
    from start: Double, framing: Framing,
    _ body: (_ seconds: Double, _ next: Double?, _ picture: () throws(VideoError) -> Picture) throws -> Bool
  ) throws {
    deadline.restart()
    var shown = try advance(to: start + VideoReader.timeTolerance)
    while true {
      // As in `advance`: of frames of one time the last is shown, and one whose time steps back never.
      while let next = try peek(), next.ticks <= shown.ticks {
        let shows = next.ticks == shown.ticks
        take(next, shows: shows)
        if shows { shown = next }
      }
      let (frame, next) = (shown, try peek())
      let goesOn = try body(shownFrom(frame), next.map(shownFrom)) { () throws(VideoError) in
        try picture(of: frame, framing: framing)
      }
      guard goesOn, let next = try step() else { return }
      shown = next
      deadline.restart()
    }
  }

  /// Makes the frame of a number the current one.
  func advance(to wanted: Int) throws(VideoError) -> DecodedFrame {
    var shown: DecodedFrame
    if let current, let number, let taken, wanted == number || wanted >= taken, !isUnproven(taken) {
      shown = current
    } else {
      shown = try start()
    }
    while number != wanted {
      guard let next = try step() else {
        let count = source.shown ?? 0
        throw VideoError(
          path: path, stage: .choose,
          reason: "it has no frame \(wanted); ask for frames 0 to \(count - 1)")
      }
      shown = next
    }
    return shown
  }

  /// Whether frames were gone past before there was a table to compare them with.
  private func isUnproven(_ taken: Int) -> Bool {
    if case .trusted = scan { return taken > proven }
    return false
  }
}
