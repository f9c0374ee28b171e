/// When each frame of a clip is shown, and from which frames decoding can start: what a packet scan found, made small.
///
/// Frames are numbered from 0 in the order shown. A clip of constant rate takes no memory for its times; others take
/// four bytes a frame, and key frames take eight.
struct FrameTable: Sendable {
  /// A frame that decoding can start from.
  struct Key: Sendable {
    let number: Int
    /// When it is shown, in the stream's time base.
    let ticks: Int64
    /// The time by which the container finds it.
    let seekTime: Int64
  }

  /// Whether the clip's first packet must be decoded before decoding can start at a key frame.
  let needsFirstPacket: Bool
  /// How many frames the packets make.
  let count: Int
  private let first: Int64
  /// The ticks between frames when all steps are equal.
  private let step: Int64
  /// The ticks after the first frame when they are not.
  private let offsets: [UInt32]
  private let keyNumbers: [UInt32]
  /// The times by which the container finds the key frames, from the first frame's time on.
  private let keyTimes: [Int32]

  /// The table of a scan; nil when the scan is not exact, or its times are beyond belief.
  init?(_ scan: PacketScan) {
    guard scan.isExact, scan.packets.count < Int(Int32.max) else { return nil }
    let order = scan.packets.sorted { $0.pts < $1.pts }
    let first = order[0].pts
    guard order[order.count - 1].pts.saturatingSubtract(first) <= Int64(UInt32.max) else { return nil }
    let offsets = order.map { UInt32($0.pts - first) }
    let step = offsets.count > 1 ? offsets[1] : 1
    let isRegular = zip(offsets, offsets.dropFirst()).allSatisfy { $1 - $0 == step }

    var numbers: [UInt32] = []
    var times: [Int32] = []
    for (number, packet) in order.enumerated() where packet.isKey {
      guard let time = Int32(exactly: packet.seekTime.saturatingSubtract(first)) else { return nil }
      // Key frames that are stored in another order than shown are none to start from.
      if let last = times.last, last >= time { return nil }
      numbers.append(UInt32(number))
      times.append(time)
    }
    needsFirstPacket = scan.memory.reach == .firstPacket
    count = order.count
    self.first = first
    self.step = Int64(step)
    self.offsets = isRegular ? [] : offsets
    keyNumbers = numbers
    keyTimes = times
  }

  /// Bytes that the table takes, about.
  var byteCount: Int { 120 + 4 * offsets.count + 8 * keyNumbers.count }

  /// When a frame is shown, in the stream's time base.
  func ticks(_ number: Int) -> Int64 {
    first + (offsets.isEmpty ? Int64(number) * step : Int64(offsets[number]))
  }

  /// The number of the frame at exactly these ticks.
  func number(at ticks: Int64) -> Int? {
    let number = last { self.ticks($0) <= ticks }
    return self.ticks(number) == ticks ? number : nil
  }

  /// The last frame of which `isEarly` holds, as it does up to some frame and not beyond; the first if of none.
  func last(where isEarly: (Int) -> Bool) -> Int {
    var (low, high) = (0, count)
    while high - low > 1 {
      let middle = (low + high) / 2
      if isEarly(middle) { low = middle } else { high = middle }
    }
    return low
  }

  /// The last key frame that is shown no later than a frame.
  func key(atOrBefore number: Int) -> Key? {
    var (low, high) = (-1, keyNumbers.count)
    while high - low > 1 {
      let middle = (low + high) / 2
      if Int(keyNumbers[middle]) <= number { low = middle } else { high = middle }
    }
    guard low >= 0 else { return nil }
    let key = Int(keyNumbers[low])
    return Key(number: key, ticks: ticks(key), seekTime: first + Int64(keyTimes[low]))
  }
}
