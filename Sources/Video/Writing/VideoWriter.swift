import CLibAV

/// Writes pictures as a clip: mp4, webm, gif or lossless mkv, by the path's ending (`VideoFormat`).
///
/// ```swift
/// let writer = try VideoWriter(path: "clip.mp4", width: 64, height: 64, frameRate: 10)
/// for picture in pictures { try writer.append(picture) }
/// try writer.finish()
/// ```
/// One thread and bit-exact mode: the same pictures give the same bytes. The file has its name when it is finished, and
/// what had it before stays until then; a writer that goes without `finish` leaves nothing. A gif's pictures are kept until `finish`, since its palette is chosen from all. In webm
/// and mkv a last picture that is shown for several frame times stands twice, since nothing else says when it ends.
public final class VideoWriter {
  private let path: String
  private let width: Int
  private let height: Int
  private let encoding: Encoding
  private let encoder: VideoEncoder
  private let muxer: Muxer
  private let converter: SampleConverter?
  private var nextTick: Int64 = 0
  private var durations: [Int64: Int64] = [:]
  private var last: (picture: Picture, ticks: Int64)?
  private var waiting: [(picture: Picture, tick: Int64)] = []
  private var isFinished = false

  /// What a file says about how its frames are to be shown, beyond their samples.
  struct DisplayTags {
    /// Degrees clockwise.
    var rotation = 0
    /// Width over height of a pixel.
    var sampleAspect = (width: 1, height: 1)
  }

  /// Opens a file for pictures of one size, `frameRate` of them a second; an existing file is replaced.
  /// - Parameter codec: how to compress; nil for what is usual in the format that the path's ending names.
  /// - Throws: when the ending is not known, the size or rate does not suit the format, or the file cannot be made.
  public convenience init(
    path: String, width: Int, height: Int, frameRate: Double, codec: VideoCodec? = nil
  ) throws(VideoError) {
    try self.init(
      path: path, width: width, height: height, frameRate: frameRate, codec: codec, tags: DisplayTags())
  }

  convenience init(
    path: String, width: Int, height: Int, frameRate: Double, codec: VideoCodec?, tags: DisplayTags
  ) throws(VideoError) {
    guard let format = VideoFormat(path: path) else {
      throw VideoError(
        path: path, stage: .encode,
        reason: "its ending names no format that clips are written in; use one of \(VideoFormat.endings)")
    }
    let codec = codec ?? format.codec
    precondition(codec.format == format, "\(codec) does not go into a .\(format.rawValue) file")
    if format.needsEvenSizes {
      let name = format == .mp4 ? "H.264" : "VP9"
      for (side, size) in [("width", width), ("height", height)] where size < 2 || size % 2 != 0 {
        throw VideoError(
          path: path, stage: .encode,
          reason: "the \(side) \(size) is not even, which \(name) in yuv420p asks for; "
            + "use \(max(2, size - size % 2)) or \(max(2, size + size % 2))")
      }
    }
    try self.init(
      path: path, width: width, height: height, frameRate: frameRate, encoding: Encoding(codec), tags: tags)
  }

  /// Opens a file in any of libav's containers and codecs, for tests of reading.
  package convenience init(
    path: String, width: Int, height: Int, frameRate: Double, encoding: Encoding
  ) throws(VideoError) {
    try self.init(
      path: path, width: width, height: height, frameRate: frameRate, encoding: encoding, tags: DisplayTags())
  }

  private init(
    path: String, width: Int, height: Int, frameRate: Double, encoding: Encoding, tags: DisplayTags
  ) throws(VideoError) {
    self.path = path
    self.width = width
    self.height = height
    self.encoding = encoding
    LibavLog.forget()
    guard (1...65535).contains(width), (1...65535).contains(height) else {
      throw VideoError(
        path: path, stage: .encode,
        reason: "a size of \(width)×\(height) is not in 1…65535; choose a smaller one")
    }
    Libav.prepare(maxPixels: width * height)
    let most = encoding.mostPicturesASecond
    guard frameRate > 0, frameRate <= most else {
      throw VideoError(
        path: path, stage: .encode,
        reason: "a frame rate of \(frameRate) is not in 0…\(Int(most)) frames per second, which is all that "
          + "\(encoding.container) can show; choose a lower one or another format")
    }
    encoder = try VideoEncoder(
      encoding, path: path, width: width, height: height, frameRate: av_d2q(frameRate, 100_000),
      sampleAspect: AVRational(num: Int32(tags.sampleAspect.width), den: Int32(tags.sampleAspect.height)))
    muxer = try Muxer(encoding, of: encoder, rotation: tags.rotation)
    converter = encoding.colours == .palette ? nil : SampleConverter(width: width, height: height, encoding)
    guard converter != nil || encoding.colours == .palette else {
      throw failure(.convert, clibav_error_end_of_file())
    }
  }

  /// Adds a picture of the writer's size, shown for `ticks` frame times: with ticks other than 1 the clip has a
  /// variable frame rate.
  public func append(_ picture: Picture, ticks: Int = 1) throws(VideoError) {
    precondition(!isFinished, "the clip \(path) is finished")
    precondition(ticks > 0, "a picture cannot be shown for \(ticks) frame times")
    precondition(
      picture.width == width && picture.height == height,
      "a picture of \(picture.width)×\(picture.height) does not fit a clip of \(width)×\(height)")
    let seconds = Double(ticks) * av_q2d(encoder.timeBase)
    guard seconds <= encoding.longestPicture else {
      throw VideoError(
        path: path, stage: .encode,
        reason: "a picture shown for \(seconds) seconds is above the \(encoding.longestPicture) of "
          + "\(encoding.container); append it several times or choose another format")
    }
    last = (picture, Int64(ticks))
    try put(picture, ticks: Int64(ticks))
  }

  /// Writes what is still held and the index, and closes the file.
  public func finish() throws(VideoError) {
    precondition(!isFinished, "the clip \(path) is finished already")
    guard let last else {
      throw VideoError(path: path, stage: .encode, reason: "no picture was appended before finishing")
    }
    if last.ticks > 1, case .bySecondPicture = encoding.end {
      nextTick -= 1
      try put(last.picture, ticks: 1)
    }
    try writeWaiting()
    try encode(nil)
    try muxer.finish(last: nextTick - last.ticks..<nextTick)
    isFinished = true
  }
}

extension VideoWriter {
  private func failure(_ stage: VideoError.Stage, _ code: Int32) -> VideoError {
    VideoError(path: path, stage: stage, code: code, frame: Int(nextTick))
  }

  private func put(_ picture: Picture, ticks: Int64) throws(VideoError) {
    let tick = nextTick
    durations[tick] = ticks
    nextTick += ticks
    guard let converter else { return waiting.append((picture, tick)) }
    let (frame, code) = converter.frame(of: picture)
    guard code >= 0 else { throw failure(.convert, code) }
    frame.pointer.pointee.pts = tick
    try encode(frame)
  }

  /// Writes the pictures that waited for the clip's palette.
  private func writeWaiting() throws(VideoError) {
    guard !waiting.isEmpty else { return }
    let frames = PaletteFrames(Palette(of: waiting.lazy.map(\.picture)))
    for (picture, tick) in waiting {
      let frame = frames.frame(of: picture)
      frame.pointer.pointee.pts = tick
      try encode(frame)
    }
  }

  private func encode(_ frame: FrameMemory?) throws(VideoError) {
    try encoder.encode(frame) { (packet) throws(VideoError) in
      // The encoder does not say how long a frame is shown; for the last one nothing else does.
      packet.pointee.duration = durations.removeValue(forKey: packet.pointee.pts) ?? 1
      try muxer.write(packet)
    }
  }
}
