import Testing

@testable import Report

struct FigureTests {
  @Test(arguments: [
    (0.0, "0"), (0.012345, "0.0123"), (45.67, "45.7"), (789, "789"), (12345, "12300"), (1e-5, "10⁻⁵"),
    (3.14e-5, "3.14·10⁻⁵"), (-2e12, "-2·10¹²"), (.nan, "–"), (.infinity, "–"),
  ])
  func shortValues(_ value: Double, _ words: String) {
    #expect(Figure.short(value) == words)
  }

  @Test(arguments: [
    (812.0, "812"), (9999, "9999"), (12_400, "12.4 k"), (3_214_080, "3.21 M"), (1.3e9, "1.3 G"),
  ])
  func counts(_ value: Double, _ words: String) {
    #expect(Figure.count(value) == words)
  }

  @Test(arguments: [(48.0, "48 s"), (740, "12.3 min"), (18_360, "5.1 h")])
  func durations(_ seconds: Double, _ words: String) {
    #expect(Figure.duration(seconds: seconds) == words)
  }

  @Test func shares() {
    #expect(Figure.percent(0.0123) == "1.2 %")
  }
}
