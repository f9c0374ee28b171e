import Hashing
import Video

extension ClipBytes {
  /// The SHA-256 of all bytes of the clip, as 64 hexadecimal digits.
  /// - Parameter progress: gets the number of bytes read so far.
  /// - Throws: `VideoError` when they cannot be read to the end.
  package func digest(progress: (Int) -> Void = { _ in }) throws(VideoError) -> String {
    var hash = SHA256()
    let window = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 64)
    defer { window.deallocate() }
    var place = 0
    while place < count {
      let read = read(at: place, into: window)
      guard read > 0 else {
        throw read < 0
          ? VideoError(path: file.description, system: -read)
          : VideoError(
            path: file.description, stage: .open, reason: "the file became shorter while it was read")
      }
      hash.update(UnsafeRawBufferPointer(rebasing: window[..<read]))
      place += read
      progress(place)
    }
    return hash.finish()
  }
}
