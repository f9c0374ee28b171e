extension ReportPage {
  /// Where the recipe was changed on the way.
  var changeMarks: [LineChart.Mark] {
    metrics.changes.map { LineChart.Mark(x: Double($0.step), words: "changed at step \($0.step)") }
  }

  /// The step of the best checkpoint, once there are several to choose from.
  var bestMark: [LineChart.Mark] {
    guard metrics.validations.count(where: \.mean.isFinite) > 1, let best = metrics.best else { return [] }
    return [
      LineChart.Mark(
        x: Double(best.step), words: "\(metrics.isChosenOtherwise ? "best" : "least") at step \(best.step)")
    ]
  }

  /// What was changed, step by step.
  var changes: String {
    guard !metrics.changes.isEmpty else { return "" }
    let rows = metrics.changes.flatMap { change in
      change.keys.map { "<tr><td>\(change.step)</td><td>\(HTML.escaped($0))</td></tr>" }
    }
    return """
      <section>
      <h2>Changed on the way</h2>
      <p class="lead">Keys of the recipe that were changed before the run went on.</p>
      <div class="wide"><table>
      <thead><tr><th>Changed at step</th><th>Key</th></tr></thead>
      <tbody>
      \(rows.joined(separator: "\n"))
      </tbody>
      </table></div>
      </section>
      """
  }
}
