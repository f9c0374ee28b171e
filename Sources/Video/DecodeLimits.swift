import CLibAV
import Glibc

/// Bounds on what one file may cost, so that a hostile or broken one is refused and not waited for.
public struct DecodeLimits: Sendable, Hashable {
  /// The largest frame, in pixels; larger ones are refused before memory is taken for them.
  public var maxPixels: Int
  /// The longest time that opening a file, one call of `pictures(at:framing:)`, one scan of the packets, or the
  /// wait for one frame in `forEachFrame` may take, in seconds.
  public var maxSeconds: Double

  /// Bounds of one's own.
  public init(maxPixels: Int, maxSeconds: Double) {
    precondition(maxPixels > 0 && maxSeconds > 0, "limits must be above zero")
    self.maxPixels = maxPixels
    self.maxSeconds = maxSeconds
  }

  /// Frames up to 8K (8192 × 4352 pixels), and two minutes.
  public static let standard = DecodeLimits(maxPixels: 8192 * 4352, maxSeconds: 120)
}

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
  var reason: String { "it took longer than the limit of \(seconds) seconds" }

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
