import CLibAV
import Glibc

/// libav's messages, kept off standard error and remembered for error reports.
///
/// libav says in its log what its return codes do not ("moov atom not found"). The log is one callback for the
/// whole process, so lines are kept by thread: a reader or writer works with one codec thread, and its lines
/// arrive on the thread that calls it.
enum LibavLog {
  /// The lines of one thread since it last asked.
  private final class Lines {
    var last: String?
    var count = 0
    /// The last line tells which limit was met.
    var isLimit = false
  }

  /// Redirects libav's log; the first use does it, later ones cost nothing.
  static let redirected: Void = clibav_send_log_to { _, line in
    guard let line else { return }
    let text = String(cString: line)
    // While probing, libav says that it may not decode the sound: that is as it should be, and no damage. A video codec
    // that is not accepted is refused by `Decoder` in words of its own.
    if text.contains("Codec ("), text.contains(") not on whitelist") { return }
    let lines = LibavLog.ofThisThread
    lines.count += 1
    if text.contains(LibavLog.pixelLimit) {
      lines.last = text + " (data.limits.maxPixels)"
      lines.isLimit = true
    } else if !lines.isLimit {
      lines.last = text
    }
  }

  /// What libav says of a frame above the limit. Later lines tell only of what follows from it.
  private static let pixelLimit = "exceeds specified max pixel count"

  /// The last error line that libav logged on this thread since the last call, if any; forgets it.
  static func takeLastError() -> String? {
    let lines = ofThisThread
    guard lines.count > 0 else { return nil }
    defer { forget() }
    return lines.last
  }

  /// Forgets what was logged on this thread, so that a later error is not explained by an older line.
  static func forget() {
    let lines = ofThisThread
    lines.last = nil
    lines.count = 0
    lines.isLimit = false
  }

  private static let key: pthread_key_t = {
    var key = pthread_key_t()
    let code = pthread_key_create(&key) { Unmanaged<Lines>.fromOpaque($0!).release() }
    precondition(code == 0, "no thread-specific storage left for libav's log")
    return key
  }()

  private static var ofThisThread: Lines {
    if let known = pthread_getspecific(key) {
      return Unmanaged<Lines>.fromOpaque(known).takeUnretainedValue()
    }
    let lines = Lines()
    pthread_setspecific(key, Unmanaged.passRetained(lines).toOpaque())
    return lines
  }
}
