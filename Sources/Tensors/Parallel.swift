import CProcessor
import Foundation
import Synchronization

/// How many threads compute.
public enum Parallel {
  /// The number of threads that `parallel` uses. Results do not depend on it, to the bit.
  public static var threads: Int {
    get { chosen ?? count.load(ordering: .relaxed) }
    set {
      precondition(newValue > 0, "at least one thread computes")
      count.store(newValue, ordering: .relaxed)
    }
  }

  /// Runs `body` with a number of threads of its own, whatever others compute with.
  public static func withThreads<Result>(_ threads: Int, _ body: () throws -> Result) rethrows -> Result {
    precondition(threads > 0, "at least one thread computes")
    return try $chosen.withValue(threads) { try body() }
  }

  /// Which order of sums this version of the program has: raised with every change that gives other bits, so that a
  /// checkpoint can say which one made it.
  public static let arithmetic = 5

  @TaskLocal private static var chosen: Int?
  private static let count = Atomic<Int>(defaultThreads)
  private static let defaultThreads = max(1, usableCores.count)

  /// The cores that this process may use, as taskset, a container or mpirun have it.
  public static var usableCores: [Int] {
    var bits = [UInt8](repeating: 0, count: 1024)
    let bytes = Int(vfm_usable_cores(&bits, Int32(bits.count)))
    let cores = (0..<bytes * 8).filter { bits[$0 / 8] >> ($0 % 8) & 1 == 1 }
    return cores.isEmpty ? Array(0..<max(1, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN))))) : cores
  }
}

/// Calls `body` for every tile of 0..<count, on several threads.
///
/// Tiles hold `tile` indices (the last one fewer): their bounds follow from the arguments alone, never from the number
/// of threads. A body writes only what belongs to its tile, so every result has the same bits with any number of
/// threads. Denormal numbers count as zero in `body`. Does nothing during a `Plan`. The time it takes is added to the
/// account of `kind` in `Work.ledger`.
public func parallel(
  over count: Int, tile: Int, as kind: WorkKind = .rows, _ body: (_ range: Range<Int>) -> Void
) {
  share(over: count, tile: tile, as: kind, workers: workers(over: count, tile: tile)) { range, _ in
    body(range)
  }
}

/// The same for bodies that need `scratch` floats to work in: no two bodies that run at once are given the same ones.
///
/// What the floats hold when a body starts is not defined.
public func parallel(
  over count: Int, tile: Int, scratch floats: Int, as kind: WorkKind = .rows,
  _ body: (_ range: Range<Int>, _ scratch: UnsafeMutablePointer<Float>) -> Void
) {
  let workers = workers(over: count, tile: tile)
  let scratch = Tensor([workers, (floats + 15) & ~15])
  share(over: count, tile: tile, as: kind, workers: workers) { range, worker in
    body(range, scratch.row(worker))
  }
}

/// How many threads have something to do.
private func workers(over count: Int, tile: Int) -> Int {
  precondition(tile > 0, "tiles hold at least one index")
  return min(Parallel.threads, (count + tile - 1) / tile)
}

private func share(
  over count: Int, tile: Int, as kind: WorkKind, workers: Int,
  _ body: (_ range: Range<Int>, _ worker: Int) -> Void
) {
  guard count > 0, !Plan.isRunning else { return }
  let tiles = (count + tile - 1) / tile
  let next = Atomic<Int>(0)
  func work(_ worker: Int) {
    vfm_flush_denormals()
    while true {
      let index = next.wrappingAdd(1, ordering: .relaxed).oldValue
      guard index < tiles else { return }
      body(index * tile..<min(count, (index + 1) * tile), worker)
    }
  }
  Work.timed(as: kind) { WorkerPool.shared.run(workers: workers, work) }
}

/// A tile of about 16 Ki floats for loops over rows of `columns` floats: large enough to pay for its start, small
/// enough to share out.
public func rowsPerTile(columns: Int) -> Int { max(1, 16_384 / max(1, columns)) }
