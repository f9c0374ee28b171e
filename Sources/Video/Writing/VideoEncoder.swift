import CLibAV

/// An encoder at work: frames in, packets out.
final class VideoEncoder {
  let path: String
  private(set) var context: UnsafeMutablePointer<AVCodecContext>?
  private let packet = PacketMemory()

  /// Opens the encoder; one thread and bit-exact, so that the same pictures give the same bytes.
  init(
    _ encoding: Encoding, path: String, width: Int, height: Int, frameRate: AVRational,
    sampleAspect: AVRational
  ) throws(VideoError) {
    self.path = path
    guard let codec = avcodec_find_encoder_by_name(encoding.encoder) else {
      throw VideoError(
        path: path, stage: .encode,
        reason: "this libav was built without \(encoding.encoder); choose another format")
    }
    guard let new = avcodec_alloc_context3(codec) else { fatalError("out of memory for an encoder") }
    context = new
    new.pointee.width = Int32(width)
    new.pointee.height = Int32(height)
    new.pointee.pix_fmt = av_get_pix_fmt(encoding.pixelFormat)
    new.pointee.sample_aspect_ratio = sampleAspect
    new.pointee.framerate = frameRate
    new.pointee.time_base = AVRational(num: frameRate.den, den: frameRate.num)
    new.pointee.gop_size = Int32(encoding.keyFrameEvery)
    encoding.colours.tag(new)
    new.pointee.thread_count = 1
    new.pointee.flags |= AV_CODEC_FLAG_BITEXACT
    // Some containers keep the codec's header in their own, not in the stream.
    if let muxer = av_guess_format(encoding.container, nil, nil),
      muxer.pointee.flags & AVFMT_GLOBALHEADER != 0
    {
      new.pointee.flags |= AV_CODEC_FLAG_GLOBAL_HEADER
    }
    var options: OpaquePointer?
    defer { av_dict_free(&options) }
    for (name, value) in encoding.encoderOptions { av_dict_set(&options, name, value, 0) }
    let code = avcodec_open2(new, codec, &options)
    guard code >= 0 else { throw VideoError(path: path, stage: .encode, code: code) }
  }

  deinit { avcodec_free_context(&context) }

  /// How long a tick is, in seconds.
  var timeBase: AVRational { context!.pointee.time_base }

  /// Gives the encoder a frame, or with nil the news that there are no more, and hands on what it has ready.
  func encode(
    _ frame: FrameMemory?, _ body: (UnsafeMutablePointer<AVPacket>) throws(VideoError) -> Void
  ) throws(VideoError) {
    var code = avcodec_send_frame(context, frame?.pointer)
    guard code >= 0 else { throw VideoError(path: path, stage: .encode, code: code) }
    while true {
      code = avcodec_receive_packet(context, packet.pointer)
      if code == clibav_error_again() || code == clibav_error_end_of_file() { return }
      guard code >= 0 else { throw VideoError(path: path, stage: .encode, code: code) }
      try body(packet.pointer)
    }
  }
}

extension Encoding.Colours {
  /// The matrix from red, green and blue to the samples, as libav's frames name it.
  var matrix: AVColorSpace {
    switch self {
    case .video: AVCOL_SPC_BT709
    case .jpeg: AVCOL_SPC_BT470BG
    case .screen: AVCOL_SPC_RGB
    case .palette: AVCOL_SPC_UNSPECIFIED
    }
  }

  /// Whether the samples use all their values.
  var range: AVColorRange { self == .video ? AVCOL_RANGE_MPEG : AVCOL_RANGE_JPEG }

  /// Says in an encoder's context what its samples mean.
  fileprivate func tag(_ context: UnsafeMutablePointer<AVCodecContext>) {
    // A palette's colours are those of screens by the format's definition; nothing in the file says so.
    if self == .palette { return }
    context.pointee.colorspace = matrix
    context.pointee.color_range = range
    context.pointee.color_primaries = AVCOL_PRI_BT709
    context.pointee.color_trc = self == .video ? AVCOL_TRC_BT709 : AVCOL_TRC_IEC61966_2_1
  }
}
