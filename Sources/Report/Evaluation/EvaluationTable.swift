import Evaluation

/// One table of what was measured of a model, with a base beside it or without.
public struct EvaluationTable: Sendable, CustomStringConvertible {
  /// What the figures are of.
  public let title: String
  /// How to read them, in a sentence; empty where the title says it.
  public let note: String
  /// The figures.
  public let table: TextTable

  /// The title, and below it the table.
  public var description: String { "\(title)\n\(table)" }
}

extension EvaluationRecord {
  /// The tables of all figures: what each evaluator measured, how prompts are followed, how close samples come to
  /// training clips.
  public var tables: [EvaluationTable] {
    model.evaluations.flatMap { evaluation in
      let other = base?.evaluations.first { $0.title == evaluation.title }
      return evaluation.predictions.map { classTables($0, beside: other?.predictions) }
        ?? [evaluation.table(beside: other, hasBase: base != nil)]
    } + [followingTable, nearestTable].compactMap { $0 }
  }

  private var followingTable: EvaluationTable? {
    guard let following = model.following, let sampling else { return nil }
    return EvaluationTable(
      title: "prompts followed by \(sampling.words)",
      note:
        "A program looks for the colour, shape and motion that each prompt asks for. Beside each share stands the "
        + "range in which the true one lies in 95 of 100 cases.",
      table: base?.following.map { following.table(beside: $0) } ?? following.table)
  }

  private var nearestTable: EvaluationTable? {
    guard let nearest = model.nearest, let training else { return nil }
    let rows = [
      ("samples", nearest), base?.nearest.map { ("the base's samples", $0) },
      ("held-out clips", training.heldOut),
    ].compactMap { $0 }
    return EvaluationTable(
      title: "closeness to \(nearest.compared) training clips of \(training.manifest)",
      note:
        "For each clip the training clip that is nearest to it, by the difference of small pictures in decibels: "
        + "\(Figure.short(NearestClips.identical)) is the same clip. Samples that come much closer than held-out "
        + "clips do may be copies.",
      table: TextTable(
        columns: ["nearest", "clips", "median dB", "most dB", "above \(Figure.short(nearest.threshold)) dB"],
        rows: rows.map { name, clips in
          [
            name, "\(clips.matches.count)", Figure.decibels(clips.median), Figure.decibels(clips.maximum),
            "\(clips.above)",
          ]
        }))
  }
}

extension EvaluationRecord.Sampling {
  /// "64 samples (30 steps, guidance 4, seed 0)".
  public var words: String {
    "\(prompts.count) \(prompts.count == 1 ? "sample" : "samples") (\(steps) \(steps == 1 ? "step" : "steps"), "
      + "guidance \(Figure.short(guidance)), seed \(seed))"
  }
}

extension FigureProvenance {
  /// "256 clips, list 9f3ac0de1234, protocol 1": the beginning of the list's hash suffices to tell lists apart.
  public var words: String {
    "\(clips) \(clips == 1 ? "clip" : "clips"), list \(listHash.prefix(12)), protocol \(protocolVersion)"
      + (views.map { ", \($0) views, labels \(labelHash?.prefix(12) ?? "")" } ?? "")
  }
}

extension Figure {
  /// Decibels with one decimal.
  static func decibels(_ value: Double) -> String { String(format: "%.1f", value) }
}
