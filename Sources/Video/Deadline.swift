import CLibAV
import Glibc

/// The moment after which work on a file stops; libav asks it while it waits for the disk.
final class Deadline {
  let seconds: Double
  private var end: Double

  init(seconds: Double) {
    self.seconds = seconds
    end = Deadline.now + seconds
  }

  /// Starts the time anew.
  func restart() { end = Deadline.now + seconds }

  var isPast: Bool { Deadline.now > end }

  /// What to tell the user.
  var reason: String { "it took longer than the limit of \(seconds) seconds (data.limits.maxSeconds)" }

  private static var now: Double {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
  }

  /// The form in which libav asks; the deadline must outlive the context that holds it.
  var interruptCallback: AVIOInterruptCB {
    AVIOInterruptCB(
      callback: { opaque in
        Unmanaged<Deadline>.fromOpaque(opaque!).takeUnretainedValue().isPast ? 1 : 0
      },
      opaque: Unmanaged.passUnretained(self).toOpaque())
  }
}
