import Synchronization

/// A rehearsal: the code of a step runs with its loops and products switched off, and what it would have cost is counted.
///
/// Tensors made during a rehearsal have no memory behind them, so nothing may read or write their floats except
/// through `parallel`, `multiply` and the other calls of this module, which do nothing then. Only the thread (or task)
/// that rehearses is concerned: others, which decode clips, say, compute and are counted as ever.
public struct Plan: Sendable, Equatable {
  /// The most bytes that living tensors would hold at once, those that lived before included.
  public let peakBytes: Int
  /// Floating-point operations of all matrix products (a multiply and an add are two).
  public let productOperations: Int
  /// The products of whole tensors, and how often each occurs. Those inside of attention are not among them.
  public let products: [ProductShape: Int]
  /// What a pool that is empty at first would have counted: how much it takes from the system, for one.
  public let memory: Memory.Statistics

  /// Runs `body` as a rehearsal.
  public static func rehearse(_ body: () throws -> Void) rethrows -> Plan {
    precondition(!isRunning, "a rehearsal cannot hold another")
    let before = Memory.statistics.liveBytes
    let rehearsal = Rehearsal()
    try $current.withValue(rehearsal) { try body() }
    let counts = rehearsal.counts.withLock { $0 }
    return Plan(
      peakBytes: before + counts.memory.peakBytes, productOperations: counts.operations,
      products: counts.products, memory: counts.memory)
  }

  /// Whether a rehearsal is going on.
  public static var isRunning: Bool { current != nil }

  /// Operations that the rehearsal going on has counted so far.
  public static var productOperationsSoFar: Int {
    guard let current else { preconditionFailure("there is no rehearsal") }
    return current.counts.withLock { $0.operations }
  }

  @TaskLocal static var current: Rehearsal?
}

/// What a rehearsal has counted so far.
final class Rehearsal: Sendable {
  struct Counts {
    var memory = Memory.Statistics()
    /// Unused buffers of each size, as the pool would have them.
    var free: [Int: Int] = [:]
    var operations = 0
    var products: [ProductShape: Int] = [:]
  }

  let counts = Mutex(Counts())

  func take(_ bytes: Int) {
    counts.withLock {
      let unused = $0.free[bytes, default: 0]
      $0.memory.take(bytes, reused: unused > 0)
      if unused > 0 { $0.free[bytes] = unused - 1 }
    }
  }

  func giveBack(_ bytes: Int) {
    counts.withLock {
      $0.memory.liveBytes -= bytes
      $0.free[bytes, default: 0] += 1
    }
  }
}

/// Counts of the work done so far by this process.
public enum Work {
  /// Floating-point operations of all matrix products (a multiply and an add are two).
  public static var productOperations: Int { operations.load(ordering: .relaxed) }

  /// Adds to the count, or to that of the rehearsal going on; for kernels that multiply blocks themselves.
  public static func count(_ amount: Int) {
    if let rehearsal = Plan.current {
      rehearsal.counts.withLock { $0.operations += amount }
    } else {
      operations.add(amount, ordering: .relaxed)
    }
  }

  /// Adds a product of whole tensors.
  static func count(_ shape: ProductShape) {
    count(shape.operations)
    Plan.current?.counts.withLock { $0.products[shape, default: 0] += 1 }
  }

  private static let operations = Atomic<Int>(0)
}
