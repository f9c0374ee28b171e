import CLibAV

/// A clip's bytes as libav reads them: libav gets these two callbacks and nothing else to open.
final class ClipInput {
  private let bytes: ClipBytes
  private let deadline: Deadline
  private var place = 0
  /// The error number of the last reading that the system refused. libav takes such an error for the end of the file, or
  /// for a fault of its contents.
  private(set) var refusal: Int32?
  private(set) var context: UnsafeMutablePointer<AVIOContext>?

  private static let bufferSize = 1 << 16

  init(_ bytes: ClipBytes, deadline: Deadline) {
    self.bytes = bytes
    self.deadline = deadline
    guard let buffer = av_malloc(ClipInput.bufferSize) else { fatalError("out of memory for a buffer") }
    context = avio_alloc_context(
      buffer.assumingMemoryBound(to: UInt8.self), Int32(ClipInput.bufferSize), 0,
      Unmanaged.passUnretained(self).toOpaque(),
      { ClipInput.of($0).read($1, Int($2)) }, nil, { ClipInput.of($0).seek(to: $1, from: $2) })
    precondition(context != nil, "out of memory for a file")
  }

  deinit {
    // libav may have put another buffer in the place of the first.
    av_freep(&context!.pointee.buffer)
    avio_context_free(&context)
  }

  private static func of(_ opaque: UnsafeMutableRawPointer?) -> ClipInput {
    Unmanaged<ClipInput>.fromOpaque(opaque!).takeUnretainedValue()
  }

  private func read(_ target: UnsafeMutablePointer<UInt8>?, _ count: Int) -> Int32 {
    guard let target, count > 0 else { return 0 }
    if deadline.isPast { return clibav_error_exit() }
    let read = bytes.read(at: place, into: UnsafeMutableRawBufferPointer(start: target, count: count))
    if read > 0 { place += read }
    if read < 0 { refusal = Int32(-read) }
    return read == 0 ? clibav_error_end_of_file() : Int32(read)
  }

  private func seek(to offset: Int64, from origin: Int32) -> Int64 {
    let base: Int
    switch origin & ~AVSEEK_FORCE {
    case AVSEEK_SIZE: return Int64(bytes.count)
    case SEEK_SET: base = 0
    case SEEK_CUR: base = place
    case SEEK_END: base = bytes.count
    default: return -1
    }
    let (sum, overflows) = base.addingReportingOverflow(Int(offset))
    guard !overflows, sum >= 0 else { return -1 }
    place = sum
    return Int64(sum)
  }
}
