import ClipMutations

extension Bomb {
  /// Tables and lists that would take gigabytes.
  static let tables: [Bomb] = [
    Bomb("four thousand million samples in forty bytes", "mp4") {
      var track = Box.Track()
      track.sampleSizes = Box.big(UInt32(1)) + Box.big(UInt32.max)
      track.sampleToChunk = [1, 1, UInt32.max, 1].flatMap { Box.big($0) }
      return Box.file(track.box, data: Box.zeros(100))
    },
    Bomb("fifty million samples in one chunk", "mp4") {
      var track = Box.Track()
      track.sampleSizes = Box.big(UInt32(1)) + Box.big(UInt32(50_000_000))
      track.sampleToChunk = [1, 1, 50_000_000, 1].flatMap { Box.big(UInt32($0)) }
      return Box.file(track.box, data: Box.zeros(100))
    },
    Bomb("ten million empty samples", "mp4") {
      var track = Box.Track()
      track.sampleSizes = Box.big(UInt32(1)) + Box.big(UInt32(10_000_000))
      track.sampleToChunk = [1, 1, 10_000_000, 1].flatMap { Box.big(UInt32($0)) }
      track.timeToSample = [1, 10_000_000, 1].flatMap { Box.big(UInt32($0)) }
      return Box.file(track.box, data: Box.zeros(4_000_000))
    },
    Bomb("four thousand million durations", "mp4") {
      var track = Box.Track()
      track.timeToSample = Box.big(UInt32.max) + Box.zeros(80)
      return Box.file(track.box)
    },
    Bomb("a hundred thousand edits", "mp4") {
      var track = Box.Track()
      let edit = [1, 0, 0x10000].flatMap { Box.big(UInt32($0)) }
      track.edits = Box.make(
        "edts", Box.full("elst", Box.big(UInt32(100_000)), (0..<100_000).flatMap { _ in edit }))
      return Box.file(track.box)
    },
    Bomb("ten thousand edits of a hundred thousand samples", "mp4", words: "data.limits.maxSeconds") {
      var track = Box.Track()
      track.sampleSizes = Box.big(UInt32(1)) + Box.big(UInt32(100_000))
      track.sampleToChunk = [1, 1, 100_000, 1].flatMap { Box.big(UInt32($0)) }
      track.timeToSample = [1, 100_000, 1].flatMap { Box.big(UInt32($0)) }
      let edit = [1_000_000, 0, 0x10000].flatMap { Box.big(UInt32($0)) }
      track.edits = Box.make(
        "edts", Box.full("elst", Box.big(UInt32(10_000)), (0..<10_000).flatMap { _ in edit }))
      return Box.file(track.box, data: Box.zeros(100_000))
    },
    Bomb("a hundred thousand tracks", "mp4") {
      let track = Box.Track().box
      return Box.file((0..<100_000).flatMap { _ in track })
    },
    Bomb("a hundred thousand tracks", "mkv") {
      Element.file(
        tracks: (1...100_000).flatMap {
          Element.track(codec: "V_VP9", number: UInt64($0), width: 64, height: 48)
        },
        clusters: [])
    },
    Bomb("a fragment of four thousand million samples", "mp4") {
      let run = Box.full("trun", Box.big(UInt32.max))
      let header = Box.full("tfhd", Box.big(UInt32(1)))
      let defaults = Box.full("trex", [1, 1, 1, 1, 0].flatMap { Box.big(UInt32($0)) })
      return Box.file(Box.Track().box, more: Box.make("mvex", defaults))
        + Box.make("moof", Box.make("traf", header, run))
    },
    Bomb("a private header of a gigabyte", "mkv") {
      Element.file(
        tracks: Element.track(
          codec: "V_VP9", width: 64, height: 48,
          more: Element.make([0x63, 0xA2], size: 1 << 30, Box.zeros(100))),
        clusters: [])
    },
    Bomb("a block of two hundred megabytes that ends at once", "mkv") {
      Element.file(
        tracks: Element.track(codec: "V_VP9", width: 64, height: 48),
        clusters: Element.cluster(Element.make([0xA3], size: 200 << 20, [0x81, 0, 0, 0x80])))
    },
    Bomb("an avi index of a thousand million", "avi") {
      try changed("avi/mpeg4", $0) { bytes in
        let at = find(Array("idx1".utf8), in: bytes) + 4
        bytes.replaceSubrange(at..<at + 4, with: [0xff, 0xff, 0xff, 0x7f])
      }
    },
    Bomb("a y4m header without end", "y4m") {
      Array("YUV4MPEG2 ".utf8) + [UInt8](repeating: 0x57, count: 4_000_000)
    },
    Bomb("twenty thousand ogg streams", "ogv") {
      (0..<20_000).flatMap { serial -> [UInt8] in
        Array("OggS".utf8) + [0, 2] + Box.zeros(8) + Box.big(UInt32(serial)) + Box.zeros(8) + [1, 7, 0x80]
          + Array("theora".utf8)
      }
    },
  ]
}
