import CLibAV
import ClipMutations
import Glibc

@testable import Video

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
    let frame = FrameMemory.forWriting(
      width: width, height: height, format: av_get_pix_fmt(encoding.pixelFormat))
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
