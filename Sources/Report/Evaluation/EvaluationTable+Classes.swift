import Evaluation

extension EvaluationRecord {
  /// The most mistakes that are listed.
  private static let listedMistakes = 10

  /// Figures of all clips, of each class, and the most confident mistakes.
  func classTables(_ predictions: ClassPredictions, beside base: ClassPredictions?) -> [EvaluationTable] {
    let without = predictions.classes.count - predictions.meanClass.parts.count
    let mistakes = predictions.mistakeTable(most: Self.listedMistakes)
    return [
      EvaluationTable(
        title: "\(Evaluation.classificationTitle) of \(predictions.classes.count) classes"
          + (without == 0 ? "" : ", \(without) of them without clips"),
        note: "Beside each share stands the range in which the true one lies in 95 of 100 cases. "
          + "Of the calibration error and of the cross entropy the smaller is better.",
        table: base.map { predictions.table(beside: $0) } ?? predictions.table),
      EvaluationTable(
        title: "by class",
        note: "Confidence is the mean probability of the class that was found, over the clips of this one.",
        table: predictions.classTable(beside: base)),
    ]
      + (mistakes.rows.isEmpty
        ? [] : [EvaluationTable(title: "most confident mistakes", note: "", table: mistakes)])
  }
}
