extension ReportPage {
  /// The held-out loss by condition; or shares of clips, and the loss beside them.
  var heldOut: String {
    let conditions = metrics.conditions
    guard !conditions.isEmpty else { return "" }
    if let lossName = metrics.lossName { return shares(conditions, lossName) }
    func curve(_ value: (RunMetrics.Validation) -> Double?) -> Curve {
      metrics.curve(value).thinned(to: Self.mostPoints)
    }
    let levels = conditions.enumerated().map { index, name in
      LineChart.Line(
        name: name, curve: curve { $0.losses[name] }, style: .level(index, of: conditions.count))
    }
    let mean = LineChart.Line(name: "mean", curve: curve(\.mean), style: .main)
    // One condition alone is the mean of itself.
    var chart = LineChart(yLabel: "held-out loss", lines: conditions.count == 1 ? levels : levels + [mean])
    chart.marks = bestMark + changeMarks
    let isByTime = conditions.allSatisfy { $0.hasPrefix("time ") }
    let times = isByTime ? ", the same noise each time: time 1 is noise alone, time 0 the clip." : "."
    return """

      <section>
      <h2>Held-out loss\(isByTime ? " by noise level" : "")</h2>
      <p class="lead">\(heldOutClips)\(times)</p>
      <figure class="broad held">\(chart.svg)</figure>
      </section>
      """ + otherFigures
  }

  /// What else was measured at each look, a chart for each figure, since their sizes differ.
  private var otherFigures: String {
    let titles = Set(metrics.validations.flatMap(\.others.keys)).sorted()
    return titles.map { title in
      let names = Set(metrics.validations.flatMap { look in (look.others[title] ?? [:]).keys }).sorted()
      let charts = names.map { name in
        var chart = LineChart(
          yLabel: name,
          lines: [
            LineChart.Line(
              name: name, curve: metrics.curve { $0.others[title]?[name] }.thinned(to: Self.mostPoints))
          ], scale: .linear)
        chart.marks = bestMark + changeMarks
        return "<figure class=\"broad held\">\(chart.svg)</figure>"
      }
      return """

        <section>
        <h2>Held-out clips: \(HTML.escaped(title))</h2>
        \(charts.joined(separator: "\n"))
        </section>
        """
    }.joined()
  }

  /// How often classes were found, and below it the loss that checkpoints are chosen by.
  private func shares(_ names: [String], _ lossName: String) -> String {
    func chart(_ yLabel: String, _ lines: [LineChart.Line]) -> LineChart {
      var chart = LineChart(yLabel: yLabel, lines: lines, scale: .linear, includesZero: true)
      chart.marks = bestMark + changeMarks
      return chart
    }
    let lines = names.enumerated().map { index, name in
      LineChart.Line(
        name: name, curve: metrics.curve { $0.losses[name].map { 100 * $0 } }.thinned(to: Self.mostPoints),
        style: name == "top 1" ? .main : .level(index, of: names.count))
    }
    let loss = LineChart.Line(name: lossName, curve: metrics.curve(\.mean).thinned(to: Self.mostPoints))
    return """

      <section>
      <h2>Classes of held-out clips</h2>
      <p class="lead">\(heldOutClips): how often their class was found. The best checkpoint is the one with the least \(HTML.escaped(lossName)).</p>
      <figure class="broad held">\(chart("share of clips, %", lines).svg)</figure>
      <figure class="broad held">\(chart(lossName, [loss]).svg)</figure>
      </section>
      """
  }

  /// Whether the held-out clips are what they are called.
  private var heldOutClips: String {
    let trainedOn = metrics.validations.last?.trainedOn ?? 0
    return trainedOn == 0
      ? "Clips that were never trained on"
      : "<strong>\(trainedOn) of these clips \(trainedOn == 1 ? "is" : "are") trained on, too: the loss says less of "
        + "other clips than it seems.</strong> Clips that <code>data.validation</code> names"
  }
}
