import Testing

@testable import Report

struct LineChartMarksTests {
  private func chart(_ marks: [LineChart.Mark]) -> LineChart {
    LineChart(
      yLabel: "loss", lines: [LineChart.Line(curve: Curve((0...100).map { .init(x: Double($0), y: 1) }))],
      marks: marks)
  }

  @Test func marksStandAtTheirPlace() throws {
    let chart = chart([.init(x: 50, words: "half <way>")])
    let column = try #require(chart.plot.column(of: 50))
    #expect(chart.svg.contains("class=\"mark\" d=\"M\(pixels(column)) "))
    #expect(chart.svg.contains(">half &lt;way&gt;</text>"))
    let checker = XMLChecker(chart.svg)
    #expect(checker.isWellFormed, "\(checker.problem)")
    #expect(!self.chart([]).svg.contains("class=\"mark\""))
  }

  @Test func wordsThatHaveNoRoomAreLeftToTheTitle() {
    let svg = chart((0..<20).map { .init(x: 40 + Double($0), words: "changed at step \($0)") }).svg
    #expect(svg.components(separatedBy: "class=\"mark\"").count == 21)
    #expect((2...4).contains(svg.components(separatedBy: "</text>").filter { $0.contains("changed") }.count))
    #expect(svg.contains("<title>changed at step 19</title>"))
  }

  @Test(arguments: [0.0, 100])
  func wordsStayInsideTheChart(_ x: Double) throws {
    let chart = chart([.init(x: x, words: String(repeating: "word ", count: 12))])
    let start = try #require(
      chart.svg.components(separatedBy: "class=\"tick\" x=\"").last?.prefix { $0 != "\"" })
    #expect((chart.plot.left - 0.1...chart.width - 300).contains(try #require(Double(start))))
  }

  @Test func aMarkBeyondTheLastPointWidensTheAxis() {
    #expect(chart([.init(x: 150, words: "later")]).plot.column(of: 150) != nil)
  }
}
