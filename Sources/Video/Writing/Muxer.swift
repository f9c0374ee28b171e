import CLibAV
import Files

/// A container file with one video stream, written packet by packet under a temporary name; `finish` gives it its own, and
/// until then what has that name stays.
final class Muxer {
  private let path: String
  private var context: UnsafeMutablePointer<AVFormatContext>?
  private let tick: AVRational
  private let end: Encoding.End
  private var file: PartialFile?

  /// Makes the file and writes its header.
  /// - Parameter rotation: by how many degrees clockwise players are to turn the frames.
  init(_ encoding: Encoding, of encoder: VideoEncoder, rotation: Int) throws(VideoError) {
    path = encoder.path
    tick = encoder.timeBase
    end = encoding.end
    let file: PartialFile
    do throws(Disk.Failure) {
      file = try PartialFile(path)
    } catch {
      throw VideoError(path: path, stage: .write, reason: error.words)
    }
    let url = "file:" + file.temporary
    self.file = consume file
    var code = avformat_alloc_output_context2(&context, nil, encoding.container, url)
    guard code >= 0, let context, let stream = avformat_new_stream(context, nil) else {
      throw failure(code)
    }
    let parameters = encoder.context!
    context.pointee.flags |= AVFMT_FLAG_BITEXACT
    stream.pointee.time_base = tick
    stream.pointee.avg_frame_rate = parameters.pointee.framerate
    stream.pointee.sample_aspect_ratio = parameters.pointee.sample_aspect_ratio
    avcodec_parameters_from_context(stream.pointee.codecpar, parameters)
    if rotation != 0, let matrix = av_stream_new_side_data(stream, AV_PKT_DATA_DISPLAYMATRIX, 36) {
      matrix.withMemoryRebound(to: Int32.self, capacity: 9) { av_display_rotation_set($0, Double(rotation)) }
    }
    code = avio_open2(&context.pointee.pb, url, AVIO_FLAG_WRITE, nil, nil)
    guard code >= 0 else { throw failure(code) }
    var options: OpaquePointer?
    defer { av_dict_free(&options) }
    for (name, value) in encoding.containerOptions { av_dict_set(&options, name, value, 0) }
    code = avformat_write_header(context, &options)
    guard code >= 0 else { throw failure(code) }
  }

  deinit {
    if let context {
      avio_closep(&context.pointee.pb)
      avformat_free_context(context)
    }
  }

  /// Writes a packet whose times are in the encoder's ticks.
  func write(_ packet: UnsafeMutablePointer<AVPacket>) throws(VideoError) {
    let stream = context!.pointee.streams[0]!
    av_packet_rescale_ts(packet, tick, stream.pointee.time_base)
    packet.pointee.stream_index = 0
    let code = av_interleaved_write_frame(context, packet)
    guard code >= 0 else { throw failure(code) }
  }

  /// Writes what comes last, closes the file and gives it its name, in place of what had it.
  /// - Parameter last: when the last picture is shown, in the encoder's ticks, for the container that keeps its end in
  ///   no packet (gif).
  func finish(last: Range<Int64>) throws(VideoError) {
    let base = context!.pointee.streams[0]!.pointee.time_base
    let delay = av_rescale_q(last.upperBound, tick, base) - av_rescale_q(last.lowerBound, tick, base)
    if case .byOption(let name) = end { av_opt_set_int(context!.pointee.priv_data, name, delay, 0) }
    var code = av_write_trailer(context)
    if code >= 0, let file = context!.pointee.pb, file.pointee.error < 0 { code = file.pointee.error }
    let closed = avio_closep(&context!.pointee.pb)
    guard code >= 0, closed >= 0 else { throw failure(min(code, closed)) }
    do throws(Disk.Failure) {
      try file.take()?.finish()
    } catch {
      throw VideoError(path: path, stage: .write, reason: error.words)
    }
  }

  private func failure(_ code: Int32) -> VideoError { VideoError(path: path, stage: .write, code: code) }
}
