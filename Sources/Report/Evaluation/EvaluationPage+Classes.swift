import Evaluation

extension EvaluationPage {
  /// What was taken for what, how far confidence can be trusted, and the most confident mistakes.
  func classes() throws -> String {
    guard let predictions = record.model.predictions, predictions.count > 0 else { return "" }
    return try [confusion(predictions), reliability(predictions), mistakes(predictions)].filter {
      !$0.isEmpty
    }
    .joined(separator: "\n")
  }

  private func confusion(_ predictions: ClassPredictions) throws -> String {
    let matrix = ConfusionMatrix(predictions)
    let base = try record.base?.predictions.map { base in
      """

      <details>
      <summary>The same of the base</summary>
      <p></p>
      <div class="wide"><img class="matrix" src="\(try Self.embedded(ConfusionMatrix(base).picture))" alt="The base's confusion matrix."></div>
      </details>
      """
    }
    let some =
      matrix.others == 0
      ? ""
      : " The \(matrix.names.count - 1) classes with the most mistakes are shown; \(matrix.others) others are one row and column."
    return """
      <section>
      <h2>What was taken for what</h2>
      <p class="lead">A row a class, a column what its clips were taken for; a row adds up to 100 %.\(some)</p>
      <div class="wide"><img class="matrix" src="\(try Self.embedded(matrix.picture))" alt="Confusion matrix of \(predictions.classes.count) classes; the table above has the shares."></div>\(base ?? "")
      </section>
      """
  }

  private func reliability(_ predictions: ClassPredictions) -> String {
    let calibration = predictions.calibration
    guard let error = calibration.error else { return "" }
    return """
      <section>
      <h2>How far confidence can be trusted</h2>
      <p class="lead">Clips in bins by the probability of the class that was found. On the pale line a model is right as often as it says; below it, it is too sure. Calibration error: \(Figure.percent(error)).</p>
      <figure class="reliability">\(ReliabilityChart(calibration, base: record.base?.predictions?.calibration).svg)</figure>
      <details>
      <summary>By bin</summary>
      <p></p>
      \(calibration.table.html)
      </details>
      </section>
      """
  }

  private func mistakes(_ predictions: ClassPredictions) throws -> String {
    let clips = record.model.mistakes
    guard !clips.isEmpty else { return "" }
    let sheet = try Self.embedded(
      Self.fitting(clips.count) { predictions.sheetOfMistakes(Array(clips.prefix($0))) })
    return """
      <section>
      <h2>Mistakes in pictures</h2>
      <p class="lead">The most confident ones: above each clip its class, what it was taken for, and with which confidence. Wrong labels are often found here.</p>
      <img class="sheet" src="\(sheet)" alt="A row a clip, a column a frame.">
      </section>
      """
  }
}
