import CLibAV

/// What frames after a key frame lean on besides that frame, learned from the packets of a clip.
///
/// Decoders work around faults of old encoders, and the encoder gives its name in the first packet only: libav decodes
/// 4:4:4 by x264 before build 151 in another way than what it does not know the encoder of, without a word.
struct DecoderMemory {
  enum Reach: Sendable {
    /// The codec's header in the container, no more.
    case header
    /// The first packet too: it must be decoded before decoding goes on from a key frame.
    case firstPacket
    /// Packets further on as well: frames must be decoded one after the other.
    case everything
  }

  private(set) var reach: Reach
  private let isH264: Bool
  private var isFirst = true
  private var firstBuild: Int?

  private static let lastBuildWithFaults = 150

  init(of codec: AVCodecID) {
    isH264 = codec == AV_CODEC_ID_H264
    switch codec {
    case AV_CODEC_ID_H264, AV_CODEC_ID_HEVC, AV_CODEC_ID_VP8, AV_CODEC_ID_VP9, AV_CODEC_ID_AV1,
      AV_CODEC_ID_MJPEG, AV_CODEC_ID_PRORES:
      reach = .header
    default: reach = .firstPacket
    }
  }

  /// Takes note of what a packet says of its encoder.
  mutating func look(at packet: AVPacket) {
    guard isH264, isFirst || packet.flags & AV_PKT_FLAG_KEY != 0 else { return }
    let build = DecoderMemory.x264Build(in: packet)
    if isFirst {
      firstBuild = build
      if let build, build <= DecoderMemory.lastBuildWithFaults { reach = .firstPacket }
    } else if let build, build != firstBuild,
      min(build, firstBuild ?? build) <= DecoderMemory.lastBuildWithFaults
    {
      reach = .everything
    }
    isFirst = false
  }

  /// The build of x264 that a packet names near its start, as libav reads it.
  private static func x264Build(in packet: AVPacket) -> Int? {
    guard let data = packet.data else { return nil }
    let bytes = UnsafeBufferPointer(start: data, count: min(max(0, Int(packet.size)), 4096))
    let mark = Array("x264 - core ".utf8)
    for start in bytes.indices.dropLast(mark.count) where bytes[start] == mark[0] {
      let rest = bytes[start...]
      guard rest.starts(with: mark) else { continue }
      let digits = rest.dropFirst(mark.count).prefix(6).prefix { (48...57).contains($0) }
      return Int(String(decoding: digits, as: UTF8.self))
    }
    return nil
  }
}
