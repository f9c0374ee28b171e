import CLibAV
import ClipMutations
import Glibc
import Testing

@testable import Video

/// Small files that claim to be large.
struct Bomb: Sendable, CustomTestStringConvertible {
  let name: String
  /// The ending of the file.
  let ending: String
  /// Words that the refusal must have, if it must be one.
  let words: String?
  let write: @Sendable (String) throws -> Void

  var testDescription: String { name }

  init(
    _ name: String, _ ending: String, words: String? = nil, write: @escaping @Sendable (String) throws -> Void
  ) {
    self.name = name
    self.ending = ending
    self.words = words
    self.write = write
  }

  init(_ name: String, _ ending: String, words: String? = nil, bytes: @escaping @Sendable () -> [UInt8]) {
    self.init(name, ending, words: words) { try Bomb.save(bytes(), to: $0) }
  }

  static let pixelLimit = "data.limits.maxPixels"
  static let all = pictures + headers + tables + times + nests
}

extension Bomb {
  static func save(_ bytes: [UInt8], to path: String) throws {
    guard let file = fopen(path, "wb") else { throw VideoError(path: path, stage: .write, reason: "no file") }
    defer { fclose(file) }
    fwrite(bytes, 1, bytes.count, file)
  }

  /// One black frame of any size.
  static func black(_ path: String, _ width: Int, _ height: Int, _ encoding: Encoding) throws {
    Libav.prepare(maxPixels: width * height)
    let encoder = try VideoEncoder(
      encoding, path: path, width: width, height: height, frameRate: AVRational(num: 25, den: 1),
      sampleAspect: AVRational(num: 1, den: 1))
    let muxer = try Muxer(encoding, of: encoder, rotation: 0)
    let frame = FrameMemory(width: width, height: height, format: av_get_pix_fmt(encoding.pixelFormat))
    for plane in 0..<4 {
      let buffer = av_frame_get_plane_buffer(frame.pointer, Int32(plane))
      if let buffer { memset(buffer.pointee.data, 16, Int(buffer.pointee.size)) }
    }
    frame.pointer.pointee.pts = 0
    try encoder.encode(frame) { (packet) throws(VideoError) in try muxer.write(packet) }
    try encoder.encode(nil) { (packet) throws(VideoError) in try muxer.write(packet) }
    try muxer.finish(last: 0..<1)
  }

  /// A small clip, some of whose bytes are changed.
  static func changed(_ name: String, _ path: String, _ change: (inout [UInt8]) -> Void) throws {
    try ClipKind.all.first { $0.description == name }!.write(to: path, frames: 3)
    guard let file = fopen(path, "rb") else { return }
    var bytes = [UInt8](repeating: 0, count: 1 << 20)
    bytes.removeLast(bytes.count - fread(&bytes, 1, bytes.count, file))
    fclose(file)
    change(&bytes)
    try save(bytes, to: path)
  }

  /// Where some bytes first occur.
  static func find(_ pattern: [UInt8], in bytes: [UInt8]) -> Int {
    bytes.indices.first { bytes[$0...].starts(with: pattern) }!
  }
}

extension Bomb {
  /// Frames that are really as large as they say, and compress to nearly nothing.
  private static let pictures: [Bomb] = [
    Bomb("8192×8192 h264", "mp4", words: pixelLimit) {
      try black(
        $0, 8192, 8192,
        Encoding(container: "mp4", encoder: "libx264", encoderOptions: ["preset": "ultrafast"]))
    },
    Bomb("8192×8192 mjpeg", "avi", words: pixelLimit) {
      try black(
        $0, 8192, 8192, Encoding(container: "avi", encoder: "mjpeg", pixelFormat: "yuvj420p", colours: .jpeg))
    },
    Bomb("8192×8192 vp8", "webm", words: pixelLimit) {
      try black(
        $0, 8192, 8192,
        Encoding(container: "webm", encoder: "libvpx", encoderOptions: ["deadline": "realtime"]))
    },
    Bomb("16000×16000 png", "apng", words: "not on whitelist") {
      try black(
        $0, 16_000, 16_000,
        Encoding(container: "apng", encoder: "apng", pixelFormat: "gray", colours: .screen))
    },
    Bomb("8192×8192 mpeg4 in a stream without header", "m4v", words: pixelLimit) {
      try black($0, 8190, 8190, Encoding(container: "m4v", encoder: "mpeg4"))
    },
  ]

  /// Small frames under headers that say otherwise.
  private static let headers: [Bomb] = [
    Bomb("gif with a screen of 65535×65535", "gif") {
      try changed("gif", $0) { for i in 6..<10 { $0[i] = 0xff } }
    },
    Bomb("gif with a screen of 12000×12000", "gif", words: pixelLimit) {
      try changed("gif", $0) { $0.replaceSubrange(6..<10, with: [0xE0, 0x2E, 0xE0, 0x2E]) }
    },
    Bomb("avi of 65535×65535 raw pixels", "avi") {
      try changed("avi/rawvideo", $0) { bytes in
        let header = find(Array("strf".utf8), in: bytes) + 8
        bytes.replaceSubrange(header + 4..<header + 12, with: [0xff, 0xff, 0, 0, 0xff, 0xff, 0, 0])
      }
    },
    Bomb("raw pixels of 12000×12000 in forty bytes", "mkv") {
      Element.file(
        tracks: Element.track(
          codec: "V_UNCOMPRESSED", width: 12_000, height: 12_000,
          more: Element.make([0xE0], Element.make([0x2E, 0xB5, 0x24], Array("I420".utf8)))),
        clusters: Element.cluster(Element.block(Box.zeros(40))))
    },
    Bomb("mpeg2 sequence of 16383×16383", "mpg", words: pixelLimit) {
      try changed("mpg/mpeg2video", $0) { bytes in
        for i in bytes.indices where bytes[i...].starts(with: [0, 0, 1, 0xB3]) {
          bytes.replaceSubrange(i + 4..<i + 7, with: [0xff, 0xff, 0xff])
        }
      }
    },
    Bomb("vp8 key frame of 12000×12000", "ivf", words: pixelLimit) {
      try changed("ivf/vp8", $0) { bytes in
        let at = find([0x9d, 0x01, 0x2a], in: bytes) + 3
        bytes.replaceSubrange(at..<at + 4, with: [0xE0, 0x2E, 0xE0, 0x2E])
      }
    },
    Bomb("y4m of 100000×100000", "y4m") {
      Array("YUV4MPEG2 W100000 H100000 F25:1 C420jpeg\nFRAME\n".utf8) + Box.zeros(100)
    },
    Bomb("prores frame of 65535×65535", "mov") {
      try changed("mov/prores", $0) { bytes in
        let at = find(Array("icpf".utf8), in: bytes) + 12
        bytes.replaceSubrange(at..<at + 4, with: [0xff, 0xff, 0xff, 0xff])
      }
    },
  ]

  /// Tables and lists that would take gigabytes.
  private static let tables: [Bomb] = [
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

  /// Times that no clip has.
  private static let times: [Bomb] = [
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
    Bomb("ten frames, each for the longest time", "gif") {
      try changed("gif", $0) { bytes in
        for i in bytes.indices where bytes[i...].starts(with: [0x21, 0xF9, 4]) {
          bytes.replaceSubrange(i + 4..<i + 6, with: [0xff, 0xff])
        }
      }
    },
  ]

  /// Things in things, and little that becomes much.
  private static let nests: [Bomb] = [
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
