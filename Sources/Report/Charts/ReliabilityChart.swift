import Evaluation

/// How often a model is right by how sure it is: on the diagonal it is right as often as it says, below it too sure.
struct ReliabilityChart {
  private let models: [(name: String, calibration: Calibration)]

  /// A chart of a model, or of a base and the model.
  init(_ calibration: Calibration, base: Calibration? = nil) {
    models = (base.map { [("base", $0)] } ?? []) + [(base == nil ? "share right" : "this", calibration)]
  }

  /// The chart as an element of a page: a point a bin that has clips.
  var svg: String {
    let diagonal = LineChart.Line(
      curve: Curve([Curve.Point(x: 0, y: 0), Curve.Point(x: 100, y: 100)]), style: .faint)
    let lines = models.enumerated().map { place, model in
      LineChart.Line(
        name: model.name,
        curve: Curve(
          model.calibration.bins.compactMap { bin in
            guard let confidence = bin.confidence, let accuracy = bin.accuracy else { return nil }
            return Curve.Point(x: 100 * confidence, y: 100 * accuracy)
          }), style: place == models.count - 1 ? .main : .level(5, of: 8))
    }
    return LineChart(
      yLabel: "share of clips that are right, %", xLabel: "confidence, %", lines: [diagonal] + lines,
      includesZero: true, showsValues: false, width: 640, height: 420
    ).svg
  }
}

extension Calibration {
  /// The bins that have clips.
  var table: TextTable {
    TextTable(
      columns: ["confidence above", "to", "clips", "mean confidence", "right"],
      rows: bins.filter { $0.clips > 0 }.map { bin in
        [
          Figure.percent(bin.low), Figure.percent(bin.high), "\(bin.clips)",
          bin.confidence.map(Figure.percent) ?? "–", bin.accuracy.map(Figure.percent) ?? "–",
        ]
      })
  }
}
