import Commands
import Evaluation
import Foundation
import Report
import Training

/// What fine-tuning has done, in one table: the loss on the new clips and on those of the base before, at best and after,
/// and how far the weights have moved.
struct FinetuneSummary {
  let text: String

  /// Nil where nothing was measured before the first step.
  init?(_ looks: [HeldOutReport], _ changes: [WeightChange], best: RunState.Best?, _ folder: RunFolder) {
    guard let first = looks.first, let last = looks.last, last.step > first.step else { return nil }
    func loss(_ evaluations: [Evaluation]) -> Double? { evaluations.first?.loss }
    func words(_ loss: Double?) -> String { loss.map { String(format: "%.5f", $0) } ?? "–" }
    func change(_ before: Double?, _ after: Double?) -> String {
      guard let before, let after, before > 0 else { return "–" }
      return String(format: "%+.1f %%", 100 * (after / before - 1))
    }
    func row(_ name: String, _ evaluations: (HeldOutReport) -> [Evaluation]) -> [String]? {
      guard let before = loss(evaluations(first)) else { return nil }
      let losses = looks.compactMap { loss(evaluations($0)) }
      let after = loss(evaluations(last))
      return [name, words(before), words(losses.min()), words(after), change(before, after)]
    }
    let rows = [row("new clips", \.heldOut), row("the base's clips", \.remembered)].compactMap { $0 }
    guard !rows.isEmpty else { return nil }
    var lines = [
      "\(TextTable(columns: ["held-out loss", "before (step \(first.step))", "least", "after (step \(last.step))", "change"], rows: rows))"
    ]
    if !changes.isEmpty {
      let values = changes.map(\.relative).sorted()
      lines.append(
        String(
          format: "weights moved by %.2f %% of their size (median of %d blocks; %.2f to %.2f %%)",
          100 * values[values.count / 2], values.count, 100 * values[0], 100 * values[values.count - 1]))
    }
    if let best, best.step < last.step, best.step > 0 {
      lines.append("the least held-out loss was at step \(best.step): \(folder.best) has that checkpoint")
    }
    text = lines.joined(separator: "\n")
  }
}
