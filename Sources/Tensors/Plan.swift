import Synchronization

/// A rehearsal: the code of a step runs with its loops and products switched off, and what it would have cost is counted.
///
/// Tensors made during a rehearsal have no memory behind them, so nothing may read or write their floats except
/// through `parallel`, `product` and the other calls of this module, which do nothing then.
public struct Plan: Sendable, Equatable {
  /// The most bytes that living tensors would hold at once, those that lived before included.
  public let peakBytes: Int
  /// Floating-point operations of all matrix products (a multiply and an add are two).
  public let productOperations: Int

  /// Runs `body` as a rehearsal.
  public static func rehearse(_ body: () throws -> Void) rethrows -> Plan {
    precondition(!isRunning, "a rehearsal cannot hold another")
    Memory.resetPeak()
    let before = Work.productOperations
    running.store(true, ordering: .sequentiallyConsistent)
    defer { running.store(false, ordering: .sequentiallyConsistent) }
    try body()
    return Plan(
      peakBytes: Memory.statistics.peakBytes, productOperations: Work.productOperations - before)
  }

  /// Whether a rehearsal is going on.
  public static var isRunning: Bool { running.load(ordering: .relaxed) }

  private static let running = Atomic<Bool>(false)
}

/// Counts of the work done so far by this process.
public enum Work {
  /// Floating-point operations of all matrix products (a multiply and an add are two).
  public static var productOperations: Int { operations.load(ordering: .relaxed) }

  /// Adds to the count; for kernels that call `sgemm` themselves.
  public static func count(_ amount: Int) { operations.add(amount, ordering: .relaxed) }
  private static let operations = Atomic<Int>(0)
}
