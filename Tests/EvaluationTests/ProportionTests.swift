import Foundation
import Testing

@testable import Evaluation

struct ProportionTests {
  /// Values of SciPy 1.17.1: `scipy.stats.binomtest(right, judged).proportion_ci(0.95, "wilson")`.
  @Test(arguments: [
    (0, 10, 0.0, 0.277533), (10, 10, 0.722467, 1), (5, 10, 0.236593, 0.763407), (58, 64, 0.810171, 0.956322),
    (1, 1, 0.206549, 1), (900, 1000, 0.879848, 0.917091),
  ])
  func wilsonInterval(_ right: Int, _ judged: Int, _ low: Double, _ high: Double) {
    let interval = Proportion(right: right, judged: judged).interval
    #expect(abs(interval.lowerBound - low) < 1e-6)
    #expect(abs(interval.upperBound - high) < 1e-6)
  }

  @Test func theShareLiesInTheInterval() {
    for judged in 1...40 {
      for right in 0...judged {
        let proportion = Proportion(right: right, judged: judged)
        #expect(proportion.interval.contains(proportion.share!))
        #expect((0...1).contains(proportion.interval.lowerBound) && proportion.interval.upperBound <= 1)
      }
    }
  }

  @Test func withoutTrialsNothingIsKnown() {
    let none = Proportion(right: 0, judged: 0)
    #expect(none.share == nil)
    #expect(none.interval == 0...1)
  }

  @Test func jsonHoldsTheInterval() throws {
    let data = try JSONEncoder().encode(Proportion(right: 5, judged: 10))
    let values = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Double])
    #expect(Set(values.keys) == ["right", "judged", "share", "low", "high"])
    #expect(values["share"] == 0.5)
    #expect(try JSONDecoder().decode(Proportion.self, from: data) == Proportion(right: 5, judged: 10))
  }

  @Test func impossibleCountsAreRefused() {
    #expect(throws: DecodingError.self) {
      try JSONDecoder().decode(Proportion.self, from: Data(#"{"right":3,"judged":2}"#.utf8))
    }
  }
}
