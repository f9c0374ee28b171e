import CLibAV
import Glibc

/// An open file and its one video stream: packets in the order of the file.
///
/// **Which stream.** The first video stream by index that is not a cover picture. libav's own choice, the "best"
/// stream, compares resolutions and bit rates, so it depends on how much of the file was probed and can change
/// when a file is remuxed; the first one is what `-map 0:v:0` and most data sets mean.
///
/// **What it may touch.** The bytes of one open file, in an accepted container. Whatever a file says, nothing else is
/// opened: libav has no protocol to open it with, and a demuxer that asks for another file is refused.
final class Demuxer {
  let path: String
  private let deadline: Deadline
  private let input: ClipInput
  private var context: UnsafeMutablePointer<AVFormatContext>?
  private var chosen: UnsafeMutablePointer<AVStream>?
  private let packet = PacketMemory()
  /// The code of the read error that ended the file early, if any.
  private(set) var readError: Int32?

  /// Opens the file; `limits.maxPixels` also bounds what libav decodes to learn the format of streams that the header
  /// names. Those that turn up later (MPEG, FLV) are bounded by `Libav.maxAllocation` only while they are probed.
  /// - Parameter probes: false where the stream's format is known already, or of no interest, and the container's
  ///   header names its streams.
  /// - Parameter container: the format that an earlier opening of the same bytes found; nil tries all that are accepted,
  ///   which takes longer than reading a short clip's header.
  init(
    _ bytes: ClipBytes, limits: DecodeLimits, deadline: Deadline, probes: Bool = true,
    container: UnsafePointer<AVInputFormat>? = nil
  ) throws(VideoError) {
    path = bytes.file.description
    self.deadline = deadline
    input = ClipInput(bytes, deadline: deadline)
    Libav.prepare(maxPixels: limits.maxPixels)
    LibavLog.forget()
    try open(limits, container)
    if (probes || !isSeekable) && !describesItself { try probe(limits) }
    try chooseStream()
  }

  deinit { avformat_close_input(&context) }

  private func open(
    _ limits: DecodeLimits, _ container: UnsafePointer<AVInputFormat>?
  ) throws(VideoError) {
    guard let new = avformat_alloc_context() else { fatalError("out of memory for a file") }
    new.pointee.interrupt_callback = deadline.interruptCallback
    new.pointee.pb = input.context
    new.pointee.io_open = { _, _, _, _, _ in clibav_error_not_permitted() }
    context = new

    var options: OpaquePointer?
    defer { av_dict_free(&options) }
    av_dict_set(&options, "protocol_whitelist", "", 0)
    av_dict_set(&options, "format_whitelist", Accepted.containers, 0)
    av_dict_set(&options, "codec_whitelist", Accepted.codecNames(and: limits.moreCodecs), 0)
    av_dict_set_int(&options, "max_streams", 64, 0)
    // The name helps to tell formats apart; it is not opened. Names of pictures do not: libav takes them for patterns of
    // many files.
    let name = Demuxer.namesPicture(path) ? nil : path.split(separator: "/").last.map(String.init)
    let code = avformat_open_input(&context, name, container, &options)
    try checkSystem(.open)
    guard code >= 0 else { throw error(.open, code) }
  }

  private static func namesPicture(_ path: String) -> Bool {
    [".jpg", ".jpeg", ".png", ".webp"].contains { path.lowercased().hasSuffix($0) }
  }

  /// Whether the header alone tells all that the decoder needs. It does for the usual codecs in mp4, mov, Matroska and
  /// WebM; then `avformat_find_stream_info`, which opens a second decoder, is a third of the work on a short clip. How
  /// many frames H.264 shows later than it decodes them need not be in its header; mov and mp4 tell it by their tables,
  /// Matroska does not, and a decoder that does not know it loses frames.
  private var describesItself: Bool {
    guard isSeekable, let stream = firstVideoStream else { return false }
    let parameters = stream.pointee.codecpar.pointee
    let known: Bool
    switch parameters.codec_id {
    case AV_CODEC_ID_H264: known = isIndexedByDecodingTime && parameters.extradata_size > 0
    case AV_CODEC_ID_HEVC: known = parameters.extradata_size > 0
    case AV_CODEC_ID_VP9, AV_CODEC_ID_AV1: known = true
    default: known = false
    }
    return known && parameters.width > 0 && parameters.height > 0 && stream.pointee.avg_frame_rate.num > 0
  }

  private func probe(_ limits: DecodeLimits) throws(VideoError) {
    var options = [OpaquePointer?](repeating: nil, count: Int(context!.pointee.nb_streams))
    defer { for i in options.indices { av_dict_free(&options[i]) } }
    for i in options.indices { av_dict_set_int(&options[i], "max_pixels", Int64(limits.maxPixels), 0) }
    // A file without streams in its header (MPEG) has no options to give; the array must still be one.
    let code = options.isEmpty ? find(nil) : options.withUnsafeMutableBufferPointer { find($0.baseAddress) }
    if deadline.isPast { throw VideoError(path: path, stage: .open, reason: deadline.reason) }
    try checkSystem(.open)
    guard code >= 0 else { throw error(.open, code) }
  }

  /// Throws when the machine did not give what libav asked for: whatever libav makes of that is wrong.
  private func checkSystem(_ stage: VideoError.Stage) throws(VideoError) {
    guard let code = input.refusal else { return }
    let error = VideoError(path: path, stage: stage, system: code)
    if error.machine != nil { throw error }
  }

  private func find(_ options: UnsafeMutablePointer<OpaquePointer?>?) -> Int32 {
    avformat_find_stream_info(context, options)
  }

  private func chooseStream() throws(VideoError) {
    guard let stream = firstVideoStream else {
      throw VideoError(path: path, stage: .stream, reason: "it has no video stream")
    }
    for case let other? in streams where other != stream { other.pointee.discard = AVDISCARD_ALL }
    chosen = stream
  }

  private var streams: UnsafeBufferPointer<UnsafeMutablePointer<AVStream>?> {
    UnsafeBufferPointer(start: context!.pointee.streams, count: Int(context!.pointee.nb_streams))
  }

  private var firstVideoStream: UnsafeMutablePointer<AVStream>? {
    let covers = AV_DISPOSITION_ATTACHED_PIC | AV_DISPOSITION_TIMED_THUMBNAILS
    for case let stream? in streams
    where stream.pointee.codecpar.pointee.codec_type == AVMEDIA_TYPE_VIDEO
      && stream.pointee.disposition & covers == 0
    {
      return stream
    }
    return nil
  }

  private func error(_ stage: VideoError.Stage, _ code: Int32) -> VideoError {
    deadline.isPast
      ? VideoError(path: path, stage: stage, reason: deadline.reason)
      : VideoError(path: path, stage: stage, code: code)
  }
}

extension Demuxer {
  /// The video stream.
  var stream: UnsafeMutablePointer<AVStream> { chosen! }

  /// The format that the file is read as.
  var container: UnsafePointer<AVInputFormat> { context!.pointee.iformat }

  /// libav's name of the container, such as `mov,mp4,m4a,3gp,3g2,mj2`.
  var containerName: String { String(cString: context!.pointee.iformat.pointee.name) }

  /// Whether the file is a picture, a clip of one frame.
  var isPicture: Bool { containerName.hasSuffix("_pipe") }

  /// Whether the container's index leads to each key frame, exactly and with all packets after it.
  var isSeekable: Bool { isIndexedByDecodingTime || containerName.hasPrefix("matroska") }

  /// mov and mp4 are indexed by decoding time, Matroska by showing time.
  var isIndexedByDecodingTime: Bool { containerName.hasPrefix("mov") }

  /// The whole file's duration in seconds as the container claims.
  var claimedDuration: Double? {
    let ticks = stream.pointee.duration
    if ticks != clibav_no_timestamp(), ticks > 0 { return Double(ticks) * av_q2d(stream.pointee.time_base) }
    let microseconds = context!.pointee.duration
    return microseconds != clibav_no_timestamp() && microseconds > 0 ? Double(microseconds) / 1e6 : nil
  }

  /// The shape of a pixel, width over height, for a frame of the stream; 1 when unknown or beyond belief.
  func sampleAspect(of frame: UnsafeMutablePointer<AVFrame>) -> Double {
    let ratio = av_guess_sample_aspect_ratio(context, stream, frame)
    guard ratio.num > 0, ratio.den > 0 else { return 1 }
    let aspect = av_q2d(ratio)
    return (0.1...10).contains(aspect) ? aspect : 1
  }

  /// How the stream's frames lie, from the display matrix in its header.
  var orientation: Orientation {
    var size = 0
    guard let data = av_stream_get_side_data(stream, AV_PKT_DATA_DISPLAYMATRIX, &size), size >= 36 else {
      return .upright
    }
    return data.withMemoryRebound(to: Int32.self, capacity: 9) { Orientation(displayMatrix: $0) }
  }

  /// The next packet of the video stream, good until the next call; nil at the end of the file.
  ///
  /// An error while reading ends the file, as it does for ffmpeg; `readError` has its code.
  func nextPacket() throws(VideoError) -> UnsafeMutablePointer<AVPacket>? {
    while true {
      av_packet_unref(packet.pointer)
      let code = av_read_frame(context, packet.pointer)
      if deadline.isPast { throw VideoError(path: path, stage: .stream, reason: deadline.reason) }
      try checkSystem(.stream)
      if code == clibav_error_again() { continue }
      if code < 0 {
        let late = context!.pointee.pb.map { $0.pointee.error } ?? 0
        let reason = code == clibav_error_end_of_file() ? late : code
        if reason < 0, reason != clibav_error_end_of_file() { readError = reason }
        return nil
      }
      if packet.pointer.pointee.stream_index == stream.pointee.index { return packet.pointer }
    }
  }

  /// Moves to the key frame at or before a timestamp of the stream; false when libav cannot. Where the machine is why, the
  /// next packet says so.
  func seek(to ticks: Int64) -> Bool {
    readError = nil
    return av_seek_frame(context, stream.pointee.index, ticks, AVSEEK_FLAG_BACKWARD) >= 0
  }
}
