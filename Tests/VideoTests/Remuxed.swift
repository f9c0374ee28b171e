import CLibAV

@testable import Video

/// The packets of a clip in another container, whose time base rounds their times.
enum Remuxed {
  /// Copies the packets of the first stream.
  ///
  /// - Parameters:
  ///   - container: libav's name of it.
  ///   - options: of the container.
  ///   - editHeader: changes the decoder's header on the way.
  static func copy(
    _ source: String, to path: String, container: String, options: [String: String] = [:],
    editHeader: (inout [UInt8]) -> Void = { _ in }
  ) throws {
    var input: UnsafeMutablePointer<AVFormatContext>?
    try check(avformat_open_input(&input, source, nil, nil), source)
    defer { avformat_close_input(&input) }
    try check(avformat_find_stream_info(input, nil), source)
    var output: UnsafeMutablePointer<AVFormatContext>?
    try check(avformat_alloc_output_context2(&output, nil, container, path), path)
    defer { avformat_free_context(output) }
    let (from, to) = (input!.pointee.streams[0]!, avformat_new_stream(output, nil)!)
    avcodec_parameters_copy(to.pointee.codecpar, from.pointee.codecpar)
    to.pointee.codecpar.pointee.codec_tag = 0
    let header = UnsafeMutableBufferPointer(
      start: to.pointee.codecpar.pointee.extradata, count: Int(to.pointee.codecpar.pointee.extradata_size))
    var edited = Array(header)
    editHeader(&edited)
    precondition(edited.count == header.count, "the header keeps its length")
    _ = header.update(fromContentsOf: edited)
    to.pointee.avg_frame_rate = from.pointee.avg_frame_rate
    to.pointee.time_base = from.pointee.time_base
    try check(avio_open(&output!.pointee.pb, path, AVIO_FLAG_WRITE), path)
    defer { avio_closep(&output!.pointee.pb) }
    var settings: OpaquePointer?
    defer { av_dict_free(&settings) }
    for (name, value) in options { av_dict_set(&settings, name, value, 0) }
    try check(avformat_write_header(output, &settings), path)
    var packet = av_packet_alloc()
    defer { av_packet_free(&packet) }
    while av_read_frame(input, packet) >= 0 {
      av_packet_rescale_ts(packet, from.pointee.time_base, to.pointee.time_base)
      packet!.pointee.stream_index = 0
      try check(av_interleaved_write_frame(output, packet), path)
    }
    try check(av_write_trailer(output), path)
  }

  private static func check(_ code: Int32, _ path: String) throws {
    guard code >= 0 else { throw VideoError(path: path, stage: .write, code: code) }
  }
}
