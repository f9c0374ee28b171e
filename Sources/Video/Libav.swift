import CLibAV
import Synchronization

/// What is set once for all of libav in this process.
enum Libav {
  /// The most that libav may allocate at once, in bytes, so that what headers claim cannot take the machine's memory:
  /// an index of five million frames, or a frame of the largest size accepted by default in 16-bit samples of four
  /// channels.
  static let maxAllocation = 128 << 20

  private static let allowed = Mutex(0)

  /// Bounds what libav allocates and redirects its log.
  /// - Parameter maxPixels: the largest frame that is accepted; one of more pixels than usual raises the bound.
  static func prepare(maxPixels: Int = 0) {
    _ = LibavLog.redirected
    let (frame, overflows) = maxPixels.multipliedReportingOverflow(by: 16)
    let wanted = max(maxAllocation, overflows ? Int.max : frame)
    allowed.withLock { allowed in
      if wanted > allowed {
        allowed = wanted
        av_max_alloc(wanted)
      }
    }
  }
}
