import Video

/// A pair of container and codec of which a small clip can be made.
package struct ClipKind: Sendable, CustomStringConvertible {
  /// Container and codec, `mp4/h264`.
  package let description: String
  /// The ending of such a file.
  package let ending: String
  let encoding: Encoding
  let size: (width: Int, height: Int)

  private init(
    _ name: String, _ ending: String, _ container: String, _ encoder: String,
    _ pixelFormat: String = "yuv420p",
    size: (Int, Int) = (64, 48), colours: Encoding.Colours = .video, options: [String: String] = [:],
    containerOptions: [String: String] = [:]
  ) {
    description = name
    self.ending = ending
    self.size = size
    encoding = Encoding(
      container: container, encoder: encoder, pixelFormat: pixelFormat, colours: colours, keyFrameEvery: 10,
      encoderOptions: options, containerOptions: containerOptions)
  }

  /// Every container and nearly every codec that clips may be in.
  package static let all: [ClipKind] = [
    .init("mp4/h264", "mp4", "mp4", "libx264", options: ["mbtree": "0"]),
    .init(
      "fragmented mp4/h264", "mp4", "mp4", "libx264", options: ["mbtree": "0"],
      containerOptions: ["movflags": "+frag_keyframe+empty_moov"]),
    .init(
      "mov/hevc", "mov", "mov", "libx265",
      options: ["preset": "ultrafast", "x265-params": "log-level=none:pools=none"]),
    .init("mov/mjpeg", "mov", "mov", "mjpeg", "yuvj420p", colours: .jpeg),
    .init("mov/prores", "mov", "mov", "prores", "yuv422p10le"),
    .init(
      "mkv/ffv1", "mkv", "matroska", "ffv1", "bgr0", colours: .screen,
      options: ["level": "3", "slicecrc": "1"]),
    .init("mkv/av1", "mkv", "matroska", "libaom-av1", options: ["cpu-used": "8", "crf": "40"]),
    .init("webm/vp9", "webm", "webm", "libvpx-vp9", options: ["crf": "30", "b": "0", "cpu-used": "8"]),
    .init("webm/vp8", "webm", "webm", "libvpx", options: ["crf": "20", "b": "200k", "cpu-used": "8"]),
    .init("avi/mpeg4", "avi", "avi", "mpeg4", options: ["bf": "2"]),
    .init("avi/msmpeg4", "avi", "avi", "msmpeg4"),
    .init("avi/rawvideo", "avi", "avi", "rawvideo", "bgr24", colours: .screen),
    .init("3gp/h263", "3gp", "3gp", "h263", size: (128, 96)),
    .init("ts/h264", "ts", "mpegts", "libx264", options: ["mbtree": "0"]),
    .init("mpg/mpeg2video", "mpg", "mpeg", "mpeg2video", options: ["bf": "2"]),
    .init("mpg/mpeg1video", "mpg", "mpeg", "mpeg1video"),
    .init("flv/flv1", "flv", "flv", "flv"),
    .init("ogv/theora", "ogv", "ogg", "libtheora"),
    .init("wmv/wmv2", "wmv", "asf", "wmv2"),
    .init("mxf/mpeg2video", "mxf", "mxf", "mpeg2video", "yuv422p"),
    .init("ivf/vp8", "ivf", "ivf", "libvpx", options: ["b": "200k", "cpu-used": "8"]),
    .init("h264", "h264", "h264", "libx264", options: ["mbtree": "0"]),
    .init("apng", "apng", "apng", "apng", "rgb24", colours: .screen),
    .init("gif", "gif", "gif", "gif", "pal8", colours: .palette),
  ]

  /// Writes a clip of moving pictures, one second long.
  package func write(to path: String, frames: Int = 25) throws {
    let writer = try VideoWriter(
      path: path, width: size.width, height: size.height, frameRate: 25, encoding: encoding)
    for t in 0..<frames { try writer.append(picture(t)) }
    try writer.finish()
  }

  /// A square that moves before a gradient.
  private func picture(_ t: Int) -> Picture {
    var picture = Picture(width: size.width, height: size.height)
    for y in 0..<size.height {
      for x in 0..<size.width {
        let isSquare = (2 * t..<2 * t + 16).contains(x) && (16..<32).contains(y)
        picture[x, y] = isSquare ? (230, UInt8(8 * t), 40) : (UInt8(x), UInt8(2 * y), UInt8(x ^ y))
      }
    }
    return picture
  }
}
