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
  /// Frames that are really as large as they say, and compress to nearly nothing.
  static let pictures: [Bomb] = [
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
    Bomb("16000×16000 png", "apng", words: pixelLimit) {
      try black(
        $0, 16_000, 16_000,
        Encoding(container: "apng", encoder: "apng", pixelFormat: "gray", colours: .screen))
    },
    Bomb("8192×8192 mpeg4 in a stream without header", "m4v", words: pixelLimit) {
      try black($0, 8190, 8190, Encoding(container: "m4v", encoder: "mpeg4"))
    },
  ]

  /// Small frames under headers that say otherwise.
  static let headers: [Bomb] = [
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

}
