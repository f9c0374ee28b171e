import Glibc
import Synchronization

/// Where the floats of tensors come from: a pool of 64-byte aligned buffers that are handed out again instead of being
/// given back to the system.
///
/// A training step asks for the same sizes each time, so after the first steps nothing is taken from the system any
/// more. The pool counts every byte, so the peak of a step is known exactly; and the buffers of a `Plan` have no memory
/// behind them and are counted apart, so the peak is known before the first step.
public enum Memory {
  /// Bytes and requests so far.
  public struct Statistics: Sendable, Equatable {
    /// Bytes that living tensors hold.
    public var liveBytes = 0
    /// The most `liveBytes` has been since `resetPeak`.
    public var peakBytes = 0
    /// How often the pool had to ask the system for memory.
    public var systemAllocations = 0
    /// Bytes taken from the system and not given back.
    public var systemBytes = 0
    /// How many buffers were asked for so far, and their bytes: what the code makes, whether or not it is reused.
    public var requests = 0, requestedBytes = 0

    /// Counts a buffer that is handed out: an unused one of the pool, or one from the system.
    mutating func take(_ bytes: Int, reused: Bool) {
      liveBytes += bytes
      peakBytes = max(peakBytes, liveBytes)
      requests += 1
      requestedBytes += bytes
      if !reused {
        systemAllocations += 1
        systemBytes += bytes
      }
    }
  }

  /// A snapshot of the counts.
  public static var statistics: Statistics { pool.withLock { $0.statistics } }

  /// Lets the next peak be measured from what lives now.
  public static func resetPeak() { pool.withLock { $0.statistics.peakBytes = $0.statistics.liveBytes } }

  /// Gives all unused buffers back to the system.
  public static func trim() {
    pool.withLock { pool in
      for (size, addresses) in pool.free {
        for address in addresses { UnsafeMutableRawPointer(bitPattern: address)!.deallocate() }
        pool.statistics.systemBytes -= size * addresses.count
      }
      pool.free.removeAll()
    }
  }

  struct Pool {
    var free: [Int: [UInt]] = [:]
    var statistics = Statistics()
  }

  static let pool = Mutex(Pool())
  static let alignment = 64
  private static let hugePage = 2 << 20

  /// Sizes are rounded up to an eighth of their power of two, so that nearly equal requests share buffers; but by less
  /// than a large page.
  static func roundedSize(_ bytes: Int) -> Int {
    let eighth = (1 << (Int.bitWidth - 1 - max(bytes, 1).leadingZeroBitCount)) >> 3
    let step = min(hugePage, max(4096, eighth))
    return bytes <= 4096 ? max((bytes + 63) & ~63, 64) : (bytes + step - 1) / step * step
  }

  /// A buffer of a rounded size: an unused one, or else a new one from the system.
  static func take(_ bytes: Int) -> UnsafeMutableRawPointer {
    let unused: UInt? = pool.withLock { pool in
      let address = pool.free[bytes]?.popLast()
      pool.statistics.take(bytes, reused: address != nil)
      return address
    }
    return unused.map { UnsafeMutableRawPointer(bitPattern: $0)! } ?? allocate(bytes)
  }

  /// Memory from the system, large buffers in pages of two megabytes where the system grants them: a pass over a
  /// thousand small pages waits for the processor's table of addresses more often.
  private static func allocate(_ bytes: Int) -> UnsafeMutableRawPointer {
    guard bytes >= hugePage else {
      return UnsafeMutableRawPointer.allocate(byteCount: bytes, alignment: alignment)
    }
    let pointer = UnsafeMutableRawPointer.allocate(byteCount: bytes, alignment: hugePage)
    madvise(pointer, bytes, MADV_HUGEPAGE)  // advice: whether it is taken changes no result
    return pointer
  }

  /// Puts a buffer that nobody holds any more among the unused ones.
  static func giveBack(_ pointer: UnsafeMutableRawPointer, _ bytes: Int) {
    let address = UInt(bitPattern: pointer)
    pool.withLock { pool in
      pool.statistics.liveBytes -= bytes
      pool.free[bytes, default: []].append(address)
    }
  }
}

/// One buffer of the pool; back in the pool when nothing holds it any more.
final class Storage: @unchecked Sendable {
  let pointer: UnsafeMutablePointer<Float>
  private let bytes: Int
  /// The rehearsal that imagined this buffer, if one did.
  private let rehearsal: Rehearsal?

  init(bytes wanted: Int) {
    bytes = Memory.roundedSize(wanted)
    rehearsal = Plan.current
    let raw: UnsafeMutableRawPointer
    if let rehearsal {
      rehearsal.take(bytes)
      raw = UnsafeMutableRawPointer(bitPattern: Memory.alignment)!  // nobody may touch it
    } else {
      raw = Memory.take(bytes)
    }
    pointer = raw.assumingMemoryBound(to: Float.self)
  }

  deinit {
    if let rehearsal { rehearsal.giveBack(bytes) } else { Memory.giveBack(pointer, bytes) }
  }
}
