/// One curve as an SVG file of its own, which a page shows as a picture; it brings its style along.
public struct ChartFile: Sendable {
  private let chart: LineChart

  /// - Parameters:
  ///   - yLabel: what the y axis shows, with its unit; it begins at zero unless the values span more than a decade.
  ///   - xLabel: what the x axis shows.
  ///   - xIsLogarithmic: whether equal ratios of x are equally long.
  ///   - points: ascending in x, which is above zero where it is logarithmic.
  public init(yLabel: String, xLabel: String, xIsLogarithmic: Bool = false, points: [(x: Double, y: Double)])
  {
    let curve = Curve(points.map { Curve.Point(x: $0.x, y: $0.y) })
    chart = LineChart(
      yLabel: yLabel, xLabel: xLabel, xScale: xIsLogarithmic ? .logarithmic : .linear,
      lines: [LineChart.Line(name: nil, curve: curve)], includesZero: true, width: 640, height: 300)
  }

  /// The file.
  public var svg: String {
    let style = """
      <style>
      svg { background: var(--paper); font-family: system-ui, "DejaVu Sans", sans-serif; }
      \(ReportStyle.ofCharts)
      </style>
      """
    let drawing = chart.svg
    let start = drawing.firstIndex(of: ">")!
    return drawing[..<start].replacing("<svg ", with: "<svg xmlns=\"http://www.w3.org/2000/svg\" ") + ">\n"
      + style + drawing[drawing.index(after: start)...] + "\n"
  }
}
