import CLibAV

/// A codec at work on one stream: packets in, frames out in the order in which they are shown.
///
/// One thread a file: clips are decoded side by side, and one thread gives the same frames and messages every time.
final class Decoder {
  private var context: UnsafeMutablePointer<AVCodecContext>?
  /// A frame that the decoder had nothing for, to be filled the next time.
  private var spare: FrameMemory?

  /// What came out.
  enum Output {
    case frame(FrameMemory)
    /// The decoder wants another packet.
    case hungry
    case end
    case failed(Int32)
  }

  /// A decoder of the demuxer's stream.
  /// - Parameter known: what an earlier probe of the same file found, where the demuxer has not probed it.
  init(of demuxer: Demuxer, limits: DecodeLimits, known: CodecParameters?) throws(VideoError) {
    let stream = demuxer.stream
    let parameters = known?.pointer ?? stream.pointee.codecpar!
    guard let codec = avcodec_find_decoder(parameters.pointee.codec_id) else {
      let name = String(cString: avcodec_get_name(parameters.pointee.codec_id))
      throw VideoError(path: demuxer.path, stage: .decode, reason: "libav has no decoder for \(name)")
    }
    let name = String(cString: codec.pointee.name)
    guard Accepted.codecs.contains(name) || limits.moreCodecs.contains(name) else {
      throw VideoError(
        path: demuxer.path, stage: .decode,
        reason: "the codec \(name) is not accepted unless data.limits.moreCodecs names it")
    }
    guard let new = avcodec_alloc_context3(codec) else { fatalError("out of memory for a decoder") }
    context = new
    var code = avcodec_parameters_to_context(new, parameters)
    new.pointee.pkt_timebase = stream.pointee.time_base
    new.pointee.thread_count = 1
    new.pointee.max_pixels = Int64(limits.maxPixels)
    if code >= 0 { code = avcodec_open2(new, codec, nil) }
    guard code >= 0 else { throw VideoError(path: demuxer.path, stage: .decode, code: code) }
  }

  deinit { avcodec_free_context(&context) }

  /// Whether frames that no other frame leans on can be left out without a trace in the others.
  ///
  /// Only codecs where such a frame leaves nothing behind: VP8 and VP9 carry probabilities and maps over from any frame.
  var canSkip: Bool {
    switch context!.pointee.codec_id {
    case AV_CODEC_ID_H264, AV_CODEC_ID_HEVC, AV_CODEC_ID_MPEG1VIDEO, AV_CODEC_ID_MPEG2VIDEO,
      AV_CODEC_ID_MPEG4:
      true
    default: false
    }
  }

  /// From the next packet on, leaves frames out that no other frame leans on.
  func skipsUnreferenced(_ skips: Bool) {
    context!.pointee.skip_frame = skips ? AVDISCARD_NONREF : AVDISCARD_DEFAULT
  }

  /// Whether a packet of the codec may hold two frames that are shown.
  var mayShowTwo: Bool {
    [AV_CODEC_ID_VP9, AV_CODEC_ID_AV1].contains(context!.pointee.codec_id)
  }

  /// libav's name of the codec.
  var codecName: String { String(cString: avcodec_get_name(context!.pointee.codec_id)) }

  /// Gives the decoder a packet, or with nil the news that there are no more; returns libav's code.
  func send(_ packet: UnsafeMutablePointer<AVPacket>?) -> Int32 { avcodec_send_packet(context, packet) }

  /// Takes what the decoder has.
  func receive() -> Output {
    let frame = spare ?? FrameMemory()
    let code = avcodec_receive_frame(context, frame.pointer)
    spare = code < 0 ? frame : nil
    switch code {
    case 0...: return .frame(frame)
    case clibav_error_again(): return .hungry
    case clibav_error_end_of_file(): return .end
    default: return .failed(code)
    }
  }

  /// Forgets everything decoded so far, for packets from elsewhere in the file.
  func flush() { avcodec_flush_buffers(context) }
}
