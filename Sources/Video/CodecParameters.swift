import CLibAV

/// A copy of what a decoder must be told of its stream, and the format of the container: found once by probing a file.
///
/// It is written in `init` and only read afterwards, so threads may share it.
final class CodecParameters: @unchecked Sendable {
  let pointer: UnsafeMutablePointer<AVCodecParameters>
  /// libav's own entry for the format, which stays where it is.
  let container: UnsafePointer<AVInputFormat>

  init(of demuxer: Demuxer) {
    container = demuxer.container
    let parameters = demuxer.stream.pointee.codecpar!
    guard let copy = avcodec_parameters_alloc(), avcodec_parameters_copy(copy, parameters) >= 0 else {
      fatalError("out of memory for a codec's parameters")
    }
    pointer = copy
  }

  deinit {
    var parameters: UnsafeMutablePointer<AVCodecParameters>? = pointer
    avcodec_parameters_free(&parameters)
  }

  /// Bytes that it takes, about.
  var byteCount: Int { MemoryLayout<AVCodecParameters>.size + Int(pointer.pointee.extradata_size) + 64 }
}
