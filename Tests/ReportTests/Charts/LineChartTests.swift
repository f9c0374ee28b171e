import Foundation
import Testing

@testable import Report

struct LineChartTests {
  private func chart(_ values: [Double], name: String? = nil) -> LineChart {
    let points = values.enumerated().map { Curve.Point(x: Double($0), y: $1) }
    return LineChart(yLabel: "loss", lines: [LineChart.Line(name: name, curve: Curve(points))])
  }

  @Test(
    arguments: [
      [1, 2, 3], [0.001, 5, 70], [4], [4, 4, 4], [-1, 0, 1], [1, .nan, 2], [0, 0],
      [.nan, 1, .infinity, 1e9, -.infinity],
    ] as [[Double]])
  func pointsLieInsideThePlot(_ values: [Double]) {
    let chart = chart(values, name: "a line with a name")
    let plot = chart.plot
    #expect(0 < plot.left && plot.left < plot.right && plot.right < chart.width)
    #expect(0 < plot.top && plot.top < plot.bottom && plot.bottom < chart.height)
    let drawn = plot.runs(of: chart.lines[0].curve).joined()
    #expect(drawn.count == values.filter(\.isFinite).count)
    for point in drawn {
      #expect((plot.left...plot.right).contains(point.x))
      #expect((plot.top...plot.bottom).contains(point.y))
    }
  }

  @Test func gapsBreakTheLine() {
    let chart = chart([1, 2, .nan, 3, .nan, .nan, 4, 5])
    #expect(chart.plot.runs(of: chart.lines[0].curve).map(\.count) == [2, 1, 2])
    #expect(!chart.svg.contains("nan"))
  }

  @Test func aLonePointIsADot() {
    let svg = chart([7]).svg
    #expect(svg.contains("h0\""))
    #expect(svg.contains("<circle"))
  }

  @Test func nothingYet() {
    #expect(chart([]).svg.contains(">nothing yet<"))
    #expect(chart([.nan, .nan]).svg.contains(">nothing yet<"))
    #expect(!chart([1]).svg.contains("nothing yet"))
  }

  @Test func higherValuesLieHigher() {
    let chart = chart([1, 3, 2])
    let rows = chart.plot.runs(of: chart.lines[0].curve)[0].map(\.y)
    #expect(rows[1] < rows[2] && rows[2] < rows[0])
  }

  @Test func namesKeepTheirDistance() {
    let lines = (0..<8).map { index in
      LineChart.Line(
        name: "time \(index)",
        curve: Curve([.init(x: 0, y: 1), .init(x: 1, y: 0.5 + 0.001 * Double(index))]),
        style: .level(index, of: 8))
    }
    let plot = LineChart(yLabel: "loss", lines: lines).plot
    let names = plot.nameRows(of: lines)
    #expect(names.count == 8)
    #expect(names.map(\.line.name) == lines.map(\.name).reversed())
    for (upper, lower) in zip(names, names.dropFirst()) {
      #expect(lower.row - upper.row >= Plot.nameHeight - 1e-9)
    }
    #expect(names.allSatisfy { $0.row <= plot.bottom })
  }

  @Test func wordsAreEscaped() {
    var chart = chart([1, 2], name: "a <b> & \"c\"")
    chart.yLabel = "x < y"
    chart.crosses = ([1], "<refused>")
    let svg = chart.svg
    #expect(svg.contains("a &lt;b&gt; &amp; &quot;c&quot;"))
    #expect(svg.contains("&lt;refused&gt;"))
    #expect(!svg.contains("<b>") && !svg.contains("x < y"))
  }

  @Test func theSVGIsWellFormed() throws {
    var chart = chart((0..<500).map { exp(-Double($0) / 50) * (2 + sin(Double($0))) }, name: "each <step>")
    chart.crosses = ([3, 400], "refused")
    let parser = XMLChecker(chart.svg)
    #expect(parser.isWellFormed, "\(parser.problem)")
  }

  @Test func crossesStandOnTheAxis() {
    var chart = chart([1, 2, 3])
    #expect(!chart.svg.contains("class=\"cross\""))
    chart.crosses = ([1, 2], "refused")
    #expect(chart.svg.components(separatedBy: "l6 6m0 -6l-6 6").count == 3)
  }

  @Test(arguments: [(0.0, "0"), (1.04, "1"), (1.05, "1.1"), (-0.25, "-0.3"), (-3, "-3"), (960, "960")])
  func coordinatesAreShort(_ value: Double, _ words: String) {
    #expect(pixels(value) == words)
  }
}
