import Evaluation
import Foundation

extension Evaluation {
  /// The figures for people, with the mean where there is a loss.
  ///
  /// - Parameters:
  ///   - base: what the same evaluator measured of the base.
  ///   - hasBase: whether there is a base, which may lack these figures.
  func table(beside base: Evaluation?, hasBase: Bool) -> EvaluationTable {
    // Means of losses under other conditions are other figures.
    let baseLoss = base?.figures.map(\.name) == figures.map(\.name) ? base?.loss : nil
    let rows =
      figures.map { figure in
        (figure.name, figure.value, base?.figures.first { $0.name == figure.name }?.value)
      } + (loss.map { [(lossName, $0, baseLoss)] } ?? [])
    let note =
      loss == nil
      ? "Change: this less base."
      : "Smaller is better. Change: this against base, in hundredths of the base's."
    guard hasBase else {
      return EvaluationTable(
        title: title, note: loss == nil ? "" : "Smaller is better.",
        table: TextTable(
          columns: [condition, loss == nil ? "figure" : "loss"], rows: rows.map { [$0.0, Self.words($0.1)] }))
    }
    return EvaluationTable(
      title: title, note: note,
      table: TextTable(
        columns: [condition, "base", "this", "change"],
        rows: rows.map { name, this, base in
          [name, base.map(Self.words) ?? "–", Self.words(this), change(from: base, to: this)]
        }))
  }

  /// Losses change by a share of what they were, other figures by their difference.
  private func change(from base: Double?, to this: Double) -> String {
    guard let base, base.isFinite, this.isFinite else { return "–" }
    if loss == nil { return String(format: "%+.5f", this - base) }
    return base > 0 ? String(format: "%+.1f %%", 100 * (this / base - 1)) : "–"
  }

  private static func words(_ value: Double) -> String { String(format: "%.5f", value) }
}

extension PromptFollowing {
  /// The shares beside those of a base, whose samples were asked the same.
  func table(beside base: PromptFollowing) -> TextTable {
    let parts: [(String, KeyPath<PromptFollowing, Proportion>)] = [
      ("colour", \.colour), ("shape", \.shape), ("motion", \.motion), ("all three", \.all),
    ]
    return TextTable(
      columns: ["right", "of", "base", "95 % range", "this", "95 % range", "change"],
      rows: parts.map { name, part in
        let (before, after) = (base[keyPath: part], self[keyPath: part])
        let change =
          if let a = before.share, let b = after.share { String(format: "%+.1f points", 100 * (b - a)) } else
          { "–" }
        return [
          name, "\(after.judged)", before.percent, before.range, after.percent, after.range, change,
        ]
      })
  }
}

extension Proportion {
  fileprivate var percent: String { share.map(Figure.percent) ?? "–" }
  /// "12.1–30.5 %".
  fileprivate var range: String {
    guard judged > 0 else { return "–" }
    return String(format: "%.1f–%.1f %%", 100 * interval.lowerBound, 100 * interval.upperBound)
  }
}
