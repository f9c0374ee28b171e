import FixedStep
import Foundation
import Tensors

/// What a settled step of `FixedStep` takes, in figures that depend on no clock.
struct StepCounts: Codable, Equatable {
  /// Operations of matrix products.
  var productOperations: Int
  /// Calls of `parallel`, by the kind of work.
  var productCalls: Int, attentionCalls: Int, rowCalls: Int
  /// Tensors made, and their bytes.
  var tensors: Int, tensorBytes: Int
  /// The most bytes that tensors hold at once: weights, gradients, moments, average, activations.
  var peakBytes: Int

  /// How far each figure may be from the one that was noted, as a share of it.
  static let tolerances: [String: Double] = [
    "productOperations": 0, "productCalls": 0, "attentionCalls": 0, "rowCalls": 0, "tensors": 0,
    "tensorBytes": 0.01, "peakBytes": 0.01,
  ]

  /// A settled step's counts, and how often it took memory from the system. The counts are those of the whole process.
  static func measured() -> (counts: StepCounts, systemAllocations: Int) {
    let step = FixedStep()
    for _ in 0..<3 { step.run() }
    Memory.resetPeak()
    let (memory, ledger, operations) = (Memory.statistics, Work.ledger, Work.productOperations)
    step.run()
    let (after, calls) = (Memory.statistics, Work.ledger - ledger)
    let counts = StepCounts(
      productOperations: Work.productOperations - operations, productCalls: calls[.products].calls,
      attentionCalls: calls[.attention].calls, rowCalls: calls[.rows].calls,
      tensors: after.requests - memory.requests,
      tensorBytes: after.requestedBytes - memory.requestedBytes, peakBytes: after.peakBytes)
    return (counts, after.systemAllocations - memory.systemAllocations)
  }

  /// One sentence for each figure that is further from the noted one than it may be, in either direction.
  func differences(from noted: StepCounts) -> [String] {
    let (now, before) = (figures, noted.figures)
    return now.keys.sorted().compactMap { name in
      let (new, old) = (now[name]!, before[name]!)
      let tolerance = Self.tolerances[name]!
      guard abs(Double(new - old)) > tolerance * Double(old) else { return nil }
      let words = tolerance == 0 ? "exactly that" : "that to within \(100 * tolerance) %"
      return
        "\(name) of the fixed step was \(old) and is now \(new) (\(new > old ? "more" : "less")); it should be \(words). If the change is meant, note the new figures: UPDATE_COUNTS=1 make test, then commit Tests/Fixtures/step_counts.json."
    }
  }

  private var figures: [String: Int] {
    get { try! JSONDecoder().decode([String: Int].self, from: JSONEncoder().encode(self)) }
  }
}
