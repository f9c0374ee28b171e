import CLibAV

/// What is set once for all of libav in this process.
enum Libav {
  /// The most that libav may allocate at once, in bytes: what headers claim cannot take the machine's memory. A frame
  /// of the largest size accepted by default takes an eighth of it even with 16-bit samples of four channels.
  static let maxAllocation = 1 << 30

  /// Sets the bound and redirects the log; the first call does it, later ones cost nothing.
  static func prepare() { _ = once }

  private static let once: Void = {
    av_max_alloc(maxAllocation)
    _ = LibavLog.redirected
  }()
}
