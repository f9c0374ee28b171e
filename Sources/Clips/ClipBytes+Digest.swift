import Glibc
import Hashing
import Video

extension ClipBytes {
  /// The digest of all bytes of the clip as 64 hexadecimal digits.
  /// - Throws: `VideoError` when they cannot be read to the end.
  func digest() throws(VideoError) -> String {
    var hash = SHA256()
    let window = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 64)
    defer { window.deallocate() }
    var place = 0
    while place < count {
      let read = read(at: place, into: window)
      guard read > 0 else {
        let reason =
          read == 0 ? "it ends before its \(count) bytes do" : String(cString: strerror(Int32(-read)))
        throw VideoError(path: file.description, stage: .open, reason: reason)
      }
      hash.update(UnsafeRawBufferPointer(rebasing: window[..<read]))
      place += read
    }
    return hash.finish()
  }
}
