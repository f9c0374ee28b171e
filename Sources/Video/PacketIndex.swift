import CLibAV

/// The timestamps of a stream's packets, read without decoding: what is shown when, and where one can start.
struct PacketIndex {
  struct Packet {
    var pts: Int64
    var dts: Int64
    var duration: Int64
    var isKey: Bool
  }

  /// Packets whose frames are shown, in the order of the file.
  private(set) var packets: [Packet] = []
  /// Every packet has a time of its own, and the file could be read to its end: the index is what decoding gives.
  private(set) var isExact = true

  /// Reads a file from its start to its end.
  init(of demuxer: Demuxer) throws(VideoError) {
    var times: Set<Int64> = []
    while let packet = try demuxer.nextPacket()?.pointee {
      // Before the start of an edit list there are packets to decode and not to show.
      if packet.flags & AV_PKT_FLAG_DISCARD != 0 { continue }
      if packet.pts == clibav_no_timestamp() || packet.dts == clibav_no_timestamp()
        || packet.flags & AV_PKT_FLAG_CORRUPT != 0 || !times.insert(packet.pts).inserted
      {
        isExact = false
      }
      packets.append(
        Packet(
          pts: packet.pts, dts: packet.dts, duration: packet.duration,
          isKey: packet.flags & AV_PKT_FLAG_KEY != 0))
    }
    if demuxer.readError != nil || packets.isEmpty { isExact = false }
    LibavLog.forget()
  }

  /// Takes the claim back, when decoding showed it to be wrong.
  mutating func distrust() { isExact = false }

  /// The packet shown last.
  var last: Packet? { packets.max { $0.pts < $1.pts } }

  /// The last key packet shown at or before a tick.
  func key(atOrBefore ticks: Int64) -> Packet? {
    packets.last { $0.isKey && $0.pts <= ticks }
  }

  /// How many packets of the file lie before one shown at `pts` and are shown after `start`.
  func count(after start: Int64, before pts: Int64) -> Int {
    packets.count { $0.pts > start && $0.pts < pts }
  }
}
