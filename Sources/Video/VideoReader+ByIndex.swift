/// Frames by their place in the table: from the key frame before them on, without the frames that nobody looks at.
extension VideoReader {
  /// Frames that are decoded rather than leapt over: below it, finding the key frame costs more than decoding.
  private static let worthALeap = 4

  /// Calls `body` with frames of the table, and says how many were found before something was not as the table says.
  ///
  /// Each frame was decoded from a key frame on without a complaint of the decoder, and came out at its time; a frame
  /// of which that cannot be said is not given. Frames that no other leans on are left out first, and decoded at a
  /// second try.
  /// - Parameter numbers: ascending; equal ones give the same frame again.
  func find(
    _ numbers: [Int], in table: FrameTable, body: (DecodedFrame) throws(VideoError) -> Void
  ) throws(VideoError) -> Int {
    if leavesOut { source.wanted = Set(numbers.map(table.ticks)) }
    defer { source.wanted = nil }
    for (i, number) in numbers.enumerated() {
      var found = try find(number, in: table)
      if found == nil, leavesOut {
        leavesOut = false
        source.wanted = nil
        found = try find(number, in: table)
      }
      guard let found else {
        scan = .distrusted
        return i
      }
      try body(found)
    }
    return numbers.count
  }

  /// Makes a frame of the table the current one; nil when it does not come out as the table says.
  private func find(_ number: Int, in table: FrameTable) throws(VideoError) -> DecodedFrame? {
    let ticks = table.ticks(number)
    if let current, current.ticks == ticks { return current }
    let (noted, complaints) = (source.damage.count, source.complaints)
    if var frame = try attempt({ () throws(VideoError) in try nearest(to: number, in: table) }) {
      self.number = nil
      while frame.ticks < ticks, let next = try peek(), next.ticks > frame.ticks {
        following = nil
        frame = next
      }
      current = frame
      if frame.ticks == ticks, source.complaints == complaints, try isLast(ofTime: ticks) { return frame }
    }
    source.forgetDamage(after: noted)
    (current, self.number, following) = (nil, nil, nil)
    return nil
  }

  /// Whether no further frame comes out at a time: a VP9 or AV1 packet may hold two that are shown, of which the table
  /// knows one.
  private func isLast(ofTime ticks: Int64) throws(VideoError) -> Bool {
    guard source.decoder.mayShowTwo else { return true }
    return try peek().map { $0.ticks != ticks } ?? true
  }

  /// The frame from which decoding goes on to another one: the current one, or a key frame.
  private func nearest(to number: Int, in table: FrameTable) throws(VideoError) -> DecodedFrame? {
    let key = table.key(atOrBefore: number)
    if let current, goes(on: current, to: number, from: key, in: table) { return current }
    following = nil
    if source.isUntouched, key == nil || key?.number == 0 || table.needsFirstPacket {
      guard let first = try source.next(), first.ticks == table.ticks(0) else { return nil }
      if key == nil || key?.number == 0 { return first }
    }
    if let key {
      seeks += 1
      return try source.seek(to: key)
    }
    pastDamage = damage
    let wanted = source.wanted
    source = try FrameSource(bytes, limits: limits, deadline: deadline, known: (parameters, clock))
    source.wanted = wanted
    opened += 1
    return try source.next()
  }

  /// Whether decoding goes on from the current frame rather than from the key frame.
  private func goes(
    on current: DecodedFrame, to number: Int, from key: FrameTable.Key?, in table: FrameTable
  ) -> Bool {
    let ticks = table.ticks(number)
    guard current.ticks < ticks, !source.leftOut.contains(ticks), let here = table.number(at: current.ticks)
    else { return false }
    return (key?.number ?? 0) <= here + VideoReader.worthALeap
  }
}
