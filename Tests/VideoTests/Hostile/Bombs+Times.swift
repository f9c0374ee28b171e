import ClipMutations

extension Bomb {
  /// Times that no clip has.
  static let times: [Bomb] = [
    Bomb("a duration of 136 years", "mp4") {
      var track = Box.Track()
      (track.timescale, track.duration) = (1, .max)
      track.timeToSample = [1, 1, 0x7fff_ffff].flatMap { Box.big(UInt32($0)) }
      return Box.file(track.box)
    },
    Bomb("a block after 584 million years", "mkv") {
      Element.file(
        information: Element.make([0x44, 0x89], Box.big(Double.infinity.bitPattern)),
        tracks: Element.track(codec: "V_VP8", width: 64, height: 48),
        clusters: Element.cluster(Element.block(Box.zeros(40)), at: 1 << 62))
    },
    Bomb("times from the first to the last that there are", "ivf") {
      try changed("ivf/vp8", $0) { setTimes(of: &$0, [.min + 2, 0, .max - 1]) }
    },
    Bomb("times that leave no room for the last frame", "ivf") {
      try changed("ivf/vp8", $0) { setTimes(of: &$0, [.max - 2, .max - 1, .max]) }
    },
    Bomb("ten frames, each for the longest time", "gif") {
      try changed("gif", $0) { bytes in
        for i in bytes.indices where bytes[i...].starts(with: [0x21, 0xF9, 4]) {
          bytes.replaceSubrange(i + 4..<i + 6, with: [0xff, 0xff])
        }
      }
    },
  ]

  /// Things in things, and little that becomes much.
  static let nests: [Bomb] = [
    Bomb("a hundred thousand boxes in boxes", "mp4") {
      var bytes = Box.make("ftyp", Array("isom".utf8), Box.big(UInt32(0)))
      for depth in (1...100_000).reversed() { bytes += Box.big(UInt32(8 * depth)) + Array("moov".utf8) }
      return bytes
    },
    Bomb("a hundred thousand elements in elements", "mkv") {
      var tags: [UInt8] = []
      for depth in (1...10_000).reversed() {
        tags += [0x67, 0xC8] + Box.big(0x0100_0000_0000_0000 | UInt64(10 * depth))
      }
      return Element.file(
        tracks: Element.track(codec: "V_VP9", width: 64, height: 48),
        clusters: Element.make([0x12, 0x54, 0xC3, 0x67], Element.make([0x73, 0x73], tags)))
    },
    Bomb("a compressed header that says four gigabytes", "mov") {
      Box.make("ftyp", Array("qt  ".utf8), Box.big(UInt32(0)))
        + Box.make(
          "moov",
          Box.make(
            "cmov", Box.make("dcom", Array("zlib".utf8)), Box.make("cmvd", Box.big(UInt32.max), Box.zeros(50))
          ))
    },
    Bomb("blocks of zeros that are compressed", "mkv") {
      let zeros = deflatedZeros(megabytes: 20)
      let compression = Element.make(
        [0x6D, 0x80],
        Element.make(
          [0x62, 0x40], Element.number([0x50, 0x33], 0),
          Element.make([0x50, 0x34], Element.number([0x42, 0x54], 0))))
      return Element.file(
        tracks: Element.track(codec: "V_UNCOMPRESSED", width: 64, height: 48, more: compression),
        clusters: Element.cluster(
          (0..<1000).flatMap { Element.block(zeros + Box.zeros(4000), at: Int16($0)) }))
    },
  ]
}

extension Bomb {
  /// Writes timestamps into the frame headers of an ivf file.
  private static func setTimes(of bytes: inout [UInt8], _ times: [Int64]) {
    var start = 32
    for time in times where start + 12 <= bytes.count {
      let size = bytes[start..<start + 4].reversed().reduce(0) { $0 << 8 | Int($1) }
      bytes.replaceSubrange(start + 4..<start + 12, with: Box.big(time).reversed())
      start += 12 + size
    }
  }

  /// Zeros as zlib packs them, by hand: one zero, and again and again "258 bytes as the one before".
  static func deflatedZeros(megabytes: Int) -> [UInt8] {
    var bytes: [UInt8] = [0x78, 0x9c]
    var (held, bits): (UInt32, UInt32) = (0, 0)
    // Codes come with their highest bit first.
    func put(_ code: String) {
      for bit in code.utf8 {
        held |= UInt32(bit & 1) << bits
        bits += 1
        if bits == 8 {
          bytes.append(UInt8(held))
          (held, bits) = (0, 0)
        }
      }
    }
    // Not the last block, fixed codes (01, low bit first), the literal 0.
    put("0" + "10" + "00110000")
    for _ in 0..<(megabytes << 20) / 258 { put("11000101" + "00000") }
    put("0000000" + "000")
    return bytes
  }
}
