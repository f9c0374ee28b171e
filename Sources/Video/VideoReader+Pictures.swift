/// The two questions that a reader answers: what is shown at a time, and what is the frame of a number.
extension VideoReader {
  /// The pictures shown at the given times, in seconds after the first shown frame.
  ///
  /// The picture shown at time t is the last frame whose time is t or earlier, where a tick of the container counts for
  /// nothing (`FrameClock`), nor does half a microsecond; after the end it is the last frame, before the start the first.
  /// - Parameters:
  ///   - times: ascending.
  ///   - framing: size and crop; without one, frames have their displayed size.
  public func pictures(at times: [Double], framing: Framing?) throws(VideoError) -> [Picture] {
    deadline.restart()
    for i in times.indices.dropFirst() {
      precondition(times[i] >= times[i - 1], "times must ascend: \(times[i - 1]) before \(times[i])")
    }
    let limits = times.map { $0 + VideoReader.timeTolerance }
    var album = Album(self, framing)
    var done = 0
    if let table = try tableWorthMaking(for: limits) {
      let numbers = limits.map { limit in table.last { clock.shownFrom(table.ticks($0)) <= limit } }
      done = try find(numbers, in: table, into: &album)
    }
    for limit in limits[done...] { try album.add(advance(to: limit)) }
    return album.pictures
  }

  /// The pictures of the given frames, the first shown frame being number 0, in the order asked for.
  ///
  /// The first time that a number is asked for, all frames up to it are decoded, since a packet that does not decode
  /// shifts all later numbers; after that, in a container with a good index, reading starts at a key frame. Throws when
  /// the clip has no such frame.
  /// - Parameters:
  ///   - numbers: in any order.
  ///   - framing: size and crop; without one, frames have their displayed size.
  public func pictures(ofFrames numbers: [Int], framing: Framing?) throws(VideoError) -> [Picture] {
    deadline.restart()
    let ascending = numbers.sorted()
    if let first = ascending.first, first < 0 {
      throw VideoError(path: path, stage: .choose, reason: "it has no frame \(first); count frames from 0")
    }
    var album = Album(self, framing)
    var done = 0
    if let table = try frameTable() {
      done = try find(Array(ascending.prefix { $0 < proven }), in: table, into: &album)
    }
    for number in ascending[done...] { try album.add(advance(to: number)) }
    if ascending == numbers { return album.pictures }
    let pictures = Dictionary(zip(ascending, album.pictures)) { first, _ in first }
    return numbers.map { pictures[$0]! }
  }

  /// Frames of the table, into an album; returns how many were found.
  private func find(
    _ numbers: [Int], in table: FrameTable, into album: inout Album
  ) throws(VideoError) -> Int {
    try find(numbers, in: table) { frame throws(VideoError) in try album.add(frame) }
  }

  /// The table of frames if there is one, or if so many frames lie before or between those asked for that a scan of the
  /// packets costs less than decoding them all: with the table, reading starts at a key frame, and frames that no other
  /// leans on can be left out. A scan reads the whole file, so that of a large one must spare more.
  private func tableWorthMaking(for limits: [Double]) throws(VideoError) -> FrameTable? {
    if case .notMade = scan {
      guard let first = limits.first, let last = limits.last else { return nil }
      let here = current.map(seconds) ?? 0
      let rate = info.frameRate > 0 ? info.frameRate : 30
      let decoded = (last - (first < here ? 0 : here)) * rate
      let spared = source.decoder.canSkip ? decoded - Double(limits.count) : 0
      guard decoded > 64 || spared > 16 && bytes.count < 8 << 20 else { return nil }
    }
    return try frameTable()
  }
}

/// Frames turned into pictures, one after the other; a frame that stays on is turned once.
private struct Album {
  private(set) var pictures: [Picture] = []
  private let reader: VideoReader
  private let framing: Framing?
  private var last: FrameMemory?

  init(_ reader: VideoReader, _ framing: Framing?) {
    self.reader = reader
    self.framing = framing
  }

  mutating func add(_ frame: DecodedFrame) throws(VideoError) {
    if let picture = pictures.last, frame.memory === last {
      pictures.append(picture)
    } else {
      pictures.append(try reader.picture(of: frame, framing: framing))
      last = frame.memory
    }
  }
}
