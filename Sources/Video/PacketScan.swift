import CLibAV

/// The timestamps of a stream's packets, read without decoding.
struct PacketScan {
  struct Packet {
    var pts: Int64
    /// The time by which the container finds it.
    var seekTime: Int64
    var duration: Int64
    var isKey: Bool
  }

  /// The most packets of a clip, a day at 50 frames a second: what a file says of itself must not fill the memory.
  private static let mostPackets = 4_400_000

  /// Packets whose frames are shown, in the order of the file.
  private(set) var packets: [Packet] = []
  /// Every packet has a time of its own, and the file could be read to its end: the times are what decoding gives,
  /// unless a packet does not decode.
  private(set) var isExact = true
  /// What a decoder remembers of packets from long before.
  private(set) var memory: DecoderMemory

  /// Reads a file from its start to its end.
  init(of demuxer: Demuxer) throws(VideoError) {
    var times: Set<Int64> = []
    memory = DecoderMemory(of: demuxer.stream.pointee.codecpar.pointee.codec_id)
    while let packet = try demuxer.nextPacket()?.pointee {
      guard packets.count < PacketScan.mostPackets else {
        throw VideoError(
          path: demuxer.path, stage: .stream, reason: "it has more than \(PacketScan.mostPackets) packets")
      }
      memory.look(at: packet)
      // Before the start of an edit list there are packets to decode and not to show.
      if packet.flags & AV_PKT_FLAG_DISCARD != 0 { continue }
      let isTimed = packet.dts != clibav_no_timestamp() || !demuxer.isIndexedByDecodingTime
      if packet.pts == clibav_no_timestamp() || !isTimed || packet.flags & AV_PKT_FLAG_CORRUPT != 0
        || !times.insert(packet.pts).inserted
      {
        isExact = false
      }
      packets.append(
        Packet(
          pts: packet.pts, seekTime: demuxer.isIndexedByDecodingTime ? packet.dts : packet.pts,
          duration: packet.duration, isKey: packet.flags & AV_PKT_FLAG_KEY != 0))
    }
    if demuxer.readError != nil || packets.isEmpty || memory.reach == .everything { isExact = false }
    LibavLog.forget()
  }

  /// The packet shown last.
  var last: Packet? { packets.max { $0.pts < $1.pts } }
}
