/// Lines over a common axis, as an SVG that a page's style colours.
struct LineChart {
  /// How a line is drawn.
  enum Style: Equatable {
    /// Thin and pale, behind the others.
    case faint
    /// The line that the chart is about.
    case main
    /// One of several of equal rank: its place in their order and their number.
    case level(Int, of: Int)
  }

  /// One line.
  struct Line {
    /// Its name at its end; nil for none.
    var name: String?
    var curve: Curve
    var style: Style = .main
  }

  /// What the y axis shows, with its unit.
  var yLabel: String
  /// What the x axis shows.
  var xLabel = "step"
  /// How x is spread.
  var xScale = ChartAxis.Scale.linear
  /// The lines, the hindmost first.
  var lines: [Line]
  /// Places in x that are marked by a cross on the axis, and what a cross means.
  var crosses: (xs: [Double], meaning: String) = ([], "")
  /// Places in x that an upright line marks.
  var marks: [Mark] = []
  /// How y is spread; nil for what suits the values.
  var scale: ChartAxis.Scale?
  /// Whether a linear y axis begins at zero.
  var includesZero = false
  /// Whether a line's last value stands beside its name.
  var showsValues = true
  /// Pixels of the whole chart.
  var width = 960.0, height = 320.0

  /// Where everything lies.
  var plot: Plot { Plot(self) }

  /// The chart as an element of a page.
  var svg: String {
    let plot = plot
    let parts = [
      grid(plot), uprights(plot), lines.map { path($0, plot) }.joined(), crossMarks(plot), names(plot),
      readings(plot),
    ]
    let label = HTML.escaped("\(yLabel) by \(xLabel)")
    return """
      <svg viewBox="0 0 \(pixels(width)) \(pixels(height))" role="img" aria-label="\(label)">
      \(parts.filter { !$0.isEmpty }.joined(separator: "\n"))
      </svg>
      """
  }

  // MARK: parts

  private func grid(_ plot: Plot) -> String {
    var parts: [String] = []
    for (tick, label) in zip(plot.y.ticks, plot.y.labels) {
      guard let y = plot.row(of: tick) else { continue }
      parts += [
        line("grid", plot.left, y, plot.right, y),
        text("tick", plot.left - 8, y + 4, label, anchor: "end"),
      ]
    }
    for (tick, label) in zip(plot.x.ticks, plot.x.labels) {
      guard let x = plot.column(of: tick) else { continue }
      parts += [
        line("axis", x, plot.bottom, x, plot.bottom + 5),
        text("tick", x, plot.bottom + 19, label, anchor: "middle"),
      ]
    }
    parts += [
      line("axis", plot.left, plot.bottom, plot.right, plot.bottom),
      text("label", 0, 14, yLabel + (plot.y.scale == .logarithmic ? " (logarithmic)" : "")),
      text("label", plot.right, plot.bottom + 35, xLabel, anchor: "end"),
    ]
    if lines.allSatisfy({ $0.curve.last == nil }) {
      parts.append(
        text(
          "label", (plot.left + plot.right) / 2, (plot.top + plot.bottom) / 2, "nothing yet", anchor: "middle"
        ))
    }
    return parts.joined(separator: "\n")
  }

  private func path(_ line: Line, _ plot: Plot) -> String {
    let runs = plot.runs(of: line.curve)
    guard !runs.isEmpty else { return "" }
    let data = runs.map { run in
      // A lone point is a line of no length, which the round end makes a dot.
      "M" + run.map { "\(pixels($0.x)) \(pixels($0.y))" }.joined(separator: "L")
        + (run.count == 1 ? "h0" : "")
    }.joined()
    let dots = runs.joined().count <= Self.mostDots && line.style != .faint ? runs.flatMap { $0 } : []
    let style = line.style.attributes
    return "<path \(style) d=\"\(data)\"/>\n"
      + dots.map {
        "<circle \(line.style.dotAttributes) cx=\"\(pixels($0.x))\" cy=\"\(pixels($0.y))\" r=\"2.6\"/>"
      }.joined() + "\n"
  }

  /// A line of so few points shows each of them.
  private static let mostDots = 40

  private func crossMarks(_ plot: Plot) -> String {
    let columns = Set(crosses.xs.compactMap(plot.column).map { $0.rounded() }).sorted()
    guard !columns.isEmpty else { return "" }
    let marks = columns.map { x in "M\(pixels(x - 3)) \(pixels(plot.bottom - 10))l6 6m0 -6l-6 6" }.joined()
    return "<path class=\"cross\" d=\"\(marks)\"><title>\(HTML.escaped(crosses.meaning))</title></path>"
  }

  /// Each line's name and last value, at its end.
  private func names(_ plot: Plot) -> String {
    plot.nameRows(of: lines).map { line, end, row in
      let x = plot.right
      let leader = "M\(pixels(x + 4)) \(pixels(end))L\(pixels(x + 14)) \(pixels(row))h14"
      return "<path \(line.style.attributes) d=\"\(leader)\"/>"
        + text("name", x + 34, row + 4, line.name ?? "")
        + (showsValues
          ? text("value", width - 2, row + 4, Figure.short(line.curve.last ?? .nan), anchor: "end") : "")
    }.joined(separator: "\n")
  }

  // MARK: pieces of SVG

  func line(_ kind: String, _ x1: Double, _ y1: Double, _ x2: Double, _ y2: Double) -> String {
    "<path class=\"\(kind)\" d=\"M\(pixels(x1)) \(pixels(y1))L\(pixels(x2)) \(pixels(y2))\"/>"
  }

  func text(_ kind: String, _ x: Double, _ y: Double, _ words: String, anchor: String = "start") -> String {
    let anchor = anchor == "start" ? "" : " text-anchor=\"\(anchor)\""
    return
      "<text class=\"\(kind)\" x=\"\(pixels(x))\" y=\"\(pixels(y))\"\(anchor)>\(HTML.escaped(words))</text>"
  }
}

extension LineChart.Style {
  /// The class, and a dash so that lines of equal rank can be told apart in black and white.
  var attributes: String {
    switch self {
    case .faint: "class=\"line faint\""
    case .main: "class=\"line main\""
    case .level(let index, let count):
      "class=\"line \(tone(index, count))\" stroke-dasharray=\"\(Self.dashes[index % Self.dashes.count])\""
    }
  }

  var dotAttributes: String {
    switch self {
    case .faint: "class=\"dot faint\""
    case .main: "class=\"dot main\""
    case .level(let index, let count): "class=\"dot \(tone(index, count))\""
    }
  }

  /// One of the page's eight tones, from the first to the last.
  private func tone(_ index: Int, _ count: Int) -> String {
    "tone\(count < 2 ? 0 : (index * 14 / (count - 1) + 1) / 2)"
  }

  private static let dashes = ["none", "7 4", "2 4", "11 4 2 4"]
}

/// A coordinate with the tenth of a pixel, and no more bytes than it needs.
func pixels(_ value: Double) -> String {
  let tenths = Int((value * 10).rounded())
  let sign = tenths < 0 ? "-" : ""
  return sign + "\(abs(tenths) / 10)" + (tenths % 10 == 0 ? "" : ".\(abs(tenths) % 10)")
}
