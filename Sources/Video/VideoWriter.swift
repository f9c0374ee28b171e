import CLibAV
import Glibc

/// How pictures are compressed.
public enum VideoCodec: Sendable, Hashable {
  /// H.264 by libx264. `crf` is its constant rate factor: 0 lossless, 18 hardly visible loss, 51 worst; a key frame
  /// comes at the latest every `keyFrameEvery` frames.
  case h264(crf: Int = 18, keyFrameEvery: Int = 250)
}

/// Writes pictures as an mp4 file that browsers and players show: H.264, yuv420p, BT.709 limited range, the index at
/// the front.
///
/// ```swift
/// let writer = try VideoWriter(path: "clip.mp4", width: 64, height: 64, frameRate: 10)
/// for picture in pictures { try writer.append(picture) }
/// try writer.finish()
/// ```
/// One thread and bit-exact mode: the same pictures give the same bytes. A writer that goes without `finish` takes
/// its incomplete file with it.
public final class VideoWriter {
  private let path: String
  private let width: Int
  private let height: Int
  private var format: UnsafeMutablePointer<AVFormatContext>?
  private var encoder: UnsafeMutablePointer<AVCodecContext>?
  private var scaler: OpaquePointer?
  private let packet = PacketMemory()
  private var nextTick: Int64 = 0
  private var durations: [Int64: Int64] = [:]
  private var fileExists = false
  private var isFinished = false

  /// What a file says about how its frames are to be shown, beyond their samples.
  struct DisplayTags {
    /// Degrees clockwise.
    var rotation = 0
    /// Width over height of a pixel.
    var sampleAspect = (width: 1, height: 1)
  }

  /// Opens a file for pictures of one even size, `frameRate` of them a second; an existing file is replaced.
  public convenience init(
    path: String, width: Int, height: Int, frameRate: Double, codec: VideoCodec = .h264()
  ) throws(VideoError) {
    try self.init(
      path: path, width: width, height: height, frameRate: frameRate, codec: codec, tags: DisplayTags())
  }

  init(
    path: String, width: Int, height: Int, frameRate: Double, codec: VideoCodec, tags: DisplayTags
  ) throws(VideoError) {
    self.path = path
    self.width = width
    self.height = height
    Libav.prepare()
    LibavLog.forget()
    for (name, size) in [("width", width), ("height", height)] where size < 2 || size % 2 != 0 {
      throw VideoError(
        path: path, stage: .encode,
        reason: "the \(name) \(size) is not even, which H.264 in yuv420p asks for; "
          + "use \(max(2, size - size % 2)) or \(max(2, size + size % 2))")
    }
    guard frameRate > 0, frameRate <= 1000 else {
      throw VideoError(
        path: path, stage: .encode, reason: "a frame rate of \(frameRate) is not in 0…1000 frames per second")
    }
    try openEncoder(frameRate: av_d2q(frameRate, 100_000), codec, tags)
    try openFile(tags)
    scaler = sws_getContext(
      Int32(width), Int32(height), AV_PIX_FMT_RGB24, Int32(width), Int32(height), AV_PIX_FMT_YUV420P,
      SWS_BICUBIC | SWS_ACCURATE_RND | SWS_FULL_CHR_H_INP | SWS_BITEXACT, nil, nil, nil)
    guard scaler != nil else { throw failure(.convert, clibav_error_end_of_file()) }
    _ = sws_setColorspaceDetails(
      scaler, sws_getCoefficients(SWS_CS_DEFAULT), 1, sws_getCoefficients(SWS_CS_ITU709), 0, 0, 1 << 16,
      1 << 16)
  }

  deinit {
    sws_freeContext(scaler)
    avcodec_free_context(&encoder)
    if let format {
      avio_closep(&format.pointee.pb)
      avformat_free_context(format)
    }
    if fileExists, !isFinished { unlink(path) }
  }

  /// Adds a picture of the writer's size, shown for `ticks` frame times: with ticks other than 1 the clip has a
  /// variable frame rate.
  public func append(_ picture: Picture, ticks: Int = 1) throws(VideoError) {
    precondition(!isFinished, "the clip \(path) is finished")
    precondition(ticks > 0, "a picture cannot be shown for \(ticks) frame times")
    precondition(
      picture.width == width && picture.height == height,
      "a picture of \(picture.width)×\(picture.height) does not fit a clip of \(width)×\(height)")
    guard let colours = FrameMemory(width: width, height: height, format: AV_PIX_FMT_RGB24),
      let frame = FrameMemory(width: width, height: height, format: AV_PIX_FMT_YUV420P)
    else { throw failure(.convert, clibav_error_no_memory()) }
    colours.fill(with: picture)
    let code = sws_scale_frame(scaler, frame.pointer, colours.pointer)
    guard code >= 0 else { throw failure(.convert, code) }
    frame.pointer.pointee.pts = nextTick
    frame.pointer.pointee.color_range = AVCOL_RANGE_MPEG
    frame.pointer.pointee.colorspace = AVCOL_SPC_BT709
    durations[nextTick] = Int64(ticks)
    nextTick += Int64(ticks)
    try encode(frame.pointer)
  }

  /// Writes what the encoder still holds and the index, and closes the file.
  public func finish() throws(VideoError) {
    precondition(!isFinished, "the clip \(path) is finished already")
    guard nextTick > 0 else {
      throw VideoError(path: path, stage: .encode, reason: "no picture was appended before finishing")
    }
    try encode(nil)
    var code = av_write_trailer(format)
    if code >= 0, let file = format!.pointee.pb, file.pointee.error < 0 { code = file.pointee.error }
    let closed = avio_closep(&format!.pointee.pb)
    guard code >= 0, closed >= 0 else { throw failure(.write, min(code, closed)) }
    isFinished = true
  }
}

extension VideoWriter {
  private func failure(_ stage: VideoError.Stage, _ code: Int32) -> VideoError {
    VideoError(path: path, stage: stage, code: code, frame: Int(nextTick))
  }

  private func openEncoder(
    frameRate: AVRational, _ codec: VideoCodec, _ tags: DisplayTags
  ) throws(VideoError) {
    guard let x264 = avcodec_find_encoder_by_name("libx264") else {
      throw VideoError(path: path, stage: .encode, reason: "this libav was built without libx264")
    }
    guard let new = avcodec_alloc_context3(x264) else { fatalError("out of memory for an encoder") }
    encoder = new
    new.pointee.width = Int32(width)
    new.pointee.height = Int32(height)
    new.pointee.pix_fmt = AV_PIX_FMT_YUV420P
    new.pointee.sample_aspect_ratio = AVRational(
      num: Int32(tags.sampleAspect.width), den: Int32(tags.sampleAspect.height))
    new.pointee.framerate = frameRate
    new.pointee.time_base = AVRational(num: frameRate.den, den: frameRate.num)
    new.pointee.color_range = AVCOL_RANGE_MPEG
    new.pointee.colorspace = AVCOL_SPC_BT709
    new.pointee.color_primaries = AVCOL_PRI_BT709
    new.pointee.color_trc = AVCOL_TRC_BT709
    new.pointee.thread_count = 1
    // mp4 keeps the codec's header in its index, not in the stream.
    new.pointee.flags |= AV_CODEC_FLAG_BITEXACT | AV_CODEC_FLAG_GLOBAL_HEADER
    var options: OpaquePointer?
    defer { av_dict_free(&options) }
    switch codec {
    case .h264(let crf, let keyFrameEvery):
      precondition((0...51).contains(crf), "a constant rate factor of \(crf) is not in 0…51")
      new.pointee.gop_size = Int32(keyFrameEvery)
      av_dict_set_int(&options, "crf", Int64(crf), 0)
      // On small pictures x264's macroblock tree reads memory that nobody wrote: the bytes would differ by chance.
      av_dict_set_int(&options, "mbtree", 0, 0)
    }
    let code = avcodec_open2(new, x264, &options)
    guard code >= 0 else { throw failure(.encode, code) }
  }

  private func openFile(_ tags: DisplayTags) throws(VideoError) {
    let url = "file:" + path
    var code = avformat_alloc_output_context2(&format, nil, "mp4", url)
    guard code >= 0, let format, let stream = avformat_new_stream(format, nil) else {
      throw failure(.write, code)
    }
    format.pointee.flags |= AVFMT_FLAG_BITEXACT
    stream.pointee.time_base = encoder!.pointee.time_base
    stream.pointee.avg_frame_rate = encoder!.pointee.framerate
    stream.pointee.sample_aspect_ratio = encoder!.pointee.sample_aspect_ratio
    avcodec_parameters_from_context(stream.pointee.codecpar, encoder)
    if tags.rotation != 0, let matrix = av_stream_new_side_data(stream, AV_PKT_DATA_DISPLAYMATRIX, 36) {
      matrix.withMemoryRebound(to: Int32.self, capacity: 9) {
        av_display_rotation_set($0, Double(tags.rotation))
      }
    }
    code = avio_open2(&format.pointee.pb, url, AVIO_FLAG_WRITE, nil, nil)
    guard code >= 0 else { throw failure(.write, code) }
    fileExists = true
    var options: OpaquePointer?
    defer { av_dict_free(&options) }
    av_dict_set(&options, "movflags", "+faststart", 0)
    code = avformat_write_header(format, &options)
    guard code >= 0 else { throw failure(.write, code) }
  }

  /// Gives the encoder a frame, or with nil the news that there are no more, and writes what it has ready.
  private func encode(_ frame: UnsafeMutablePointer<AVFrame>?) throws(VideoError) {
    var code = avcodec_send_frame(encoder, frame)
    guard code >= 0 else { throw failure(.encode, code) }
    while true {
      code = avcodec_receive_packet(encoder, packet.pointer)
      if code == clibav_error_again() || code == clibav_error_end_of_file() { return }
      guard code >= 0 else { throw failure(.encode, code) }
      // The encoder does not say how long a frame is shown; for the last one nothing else does.
      packet.pointer.pointee.duration = durations.removeValue(forKey: packet.pointer.pointee.pts) ?? 1
      let stream = format!.pointee.streams[0]!
      av_packet_rescale_ts(packet.pointer, encoder!.pointee.time_base, stream.pointee.time_base)
      packet.pointer.pointee.stream_index = 0
      code = av_interleaved_write_frame(format, packet.pointer)
      guard code >= 0 else { throw failure(.write, code) }
    }
  }
}
