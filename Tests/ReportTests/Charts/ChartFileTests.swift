import Testing

@testable import Report

struct ChartFileTests {
  let file = ChartFile(
    yLabel: "seconds < minutes", xLabel: "tokens", xIsLogarithmic: true,
    points: [(256, 0.1), (1024, 0.5), (4096, 4), (16384, 50)])

  @Test func isAWholeFileOfSVG() {
    let parser = XMLChecker(file.svg)
    #expect(parser.isWellFormed, "\(parser.problem)")
    #expect(file.svg.hasPrefix("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox="))
    #expect(file.svg.contains("svg .main { stroke: var(--accent)") && file.svg.contains("--accent: #"))
    #expect(file.svg.contains("seconds &lt; minutes"))
  }

  @Test func equalRatiosAreEquallyLong() throws {
    let columns = file.svg.components(separatedBy: "cx=\"").dropFirst().compactMap {
      Double($0.prefix { $0 != "\"" })
    }
    try #require(columns.count == 4)
    let steps = zip(columns, columns.dropFirst()).map { $1 - $0 }
    #expect(steps.allSatisfy { abs($0 - steps[0]) < 0.2 && $0 > 0 })
  }
}
