extension ReportPage {
  /// Loss, the three small ones, and the held-out loss.
  var charts: String {
    let refused = metrics.steps.filter(\.isRefused).map { Double($0.step) }
    let shapes = metrics.shapes
    var loss = chart("loss", \.loss)
    if shapes.count > 1 { loss.lines = lossLines(shapes) }
    loss.crosses = (
      refused, "a refused step: its loss or gradient was not finite, and the weights stayed as they were"
    )
    loss.marks = changeMarks
    let small = [
      small("learning rate", \.learningRate, includesZero: true, isExact: true),
      small("gradient norm", \.gradientNorm),
      small("clips a second", \.clipsPerSecond, includesZero: true),
    ]
    let byShape =
      shapes.count > 1
      ? "A line for each shape of clips (frames × height × width), whose losses do not compare: the mean over \(window) steps of it."
      : nil
    let shown =
      byShape ?? (isSmooth ? "Pale: each step. Strong: the mean over \(window) steps." : "Each step.")
    let crossed = refused.isEmpty ? "" : " A cross on the axis is a refused step."
    return """
      <section>
      <h2>Loss</h2>
      <p class="lead">\(shown)\(crossed)</p>
      <figure class="broad">\(loss.svg)</figure>
      <div class="multiples">
      \(small.map { "<figure>\($0.svg)</figure>" }.joined(separator: "\n"))
      </div>
      </section>
      """ + heldOut
  }

  /// Points of a line at most: more cannot be told apart on the page.
  static let mostPoints = 600

  /// Over how many steps curves are smoothed.
  private var window: Int { max(1, metrics.steps.count / 40) }

  func smoothed(_ figure: KeyPath<RunMetrics.Step, Double>) -> Curve {
    metrics.curve(figure).smoothed(window: window, to: Self.mostPoints / 2)
  }

  /// Whether there are enough steps for a mean over some of them to show more than the steps themselves.
  private var isSmooth: Bool { window > 1 }

  /// A line for each shape.
  private func lossLines(_ shapes: [String]) -> [LineChart.Line] {
    shapes.enumerated().map { place, shape in
      LineChart.Line(
        name: shape, curve: metrics.losses(of: shape).smoothed(window: window, to: Self.mostPoints / 2),
        style: .level(place, of: shapes.count))
    }
  }

  private func chart(_ yLabel: String, _ figure: KeyPath<RunMetrics.Step, Double>) -> LineChart {
    let curve = metrics.curve(figure).thinned(to: Self.mostPoints)
    guard isSmooth else {
      return LineChart(yLabel: yLabel, lines: [LineChart.Line(name: "each step", curve: curve)])
    }
    return LineChart(
      yLabel: yLabel,
      lines: [
        LineChart.Line(name: "each step", curve: curve, style: .faint),
        LineChart.Line(name: "smoothed", curve: smoothed(figure)),
      ])
  }

  /// A chart of a third of the width, without names.
  private func small(
    _ yLabel: String, _ figure: KeyPath<RunMetrics.Step, Double>, includesZero: Bool = false,
    isExact: Bool = false
  ) -> LineChart {
    var chart = chart(yLabel, figure)
    if isExact { chart.lines = [LineChart.Line(curve: metrics.curve(figure).thinned(to: Self.mostPoints))] }
    for index in chart.lines.indices { chart.lines[index].name = nil }
    chart.includesZero = includesZero
    if includesZero { chart.scale = .linear }
    (chart.width, chart.height) = (310, 200)
    return chart
  }
}
