import Foundation
import Recipes
import Testing

@testable import Training

private func rates(_ schedule: String, steps: Int = 110, warmup: Int = 10) throws -> LearningRate {
  let text = """
    {"data": {"train": "x", "frames": 2, "height": 4, "width": 4, "frameRate": 8}, "training": {"steps": \(steps)},
     "optimizer": {"learningRate": 0.1, "warmup": \(warmup), "schedule": "\(schedule)", "finalLearningRate": 0.2}}
    """
  return LearningRate(try Recipe.parse(text, name: "test").optimizer, steps: steps)
}

@Test(arguments: ["cosine", "linear", "constant"])
func warmUpIsLinearAndEndsAtThePeak(schedule: String) throws {
  let rate = try rates(schedule)
  #expect(abs(rate(at: 0) - 0.01) < 1e-12)
  #expect(abs(rate(at: 4) - 0.05) < 1e-12)
  #expect(abs(rate(at: 9) - 0.1) < 1e-12)
  #expect(abs(rate(at: 10) - 0.1) < 1e-12)
}

@Test func theLastStepHasTheFinalRate() throws {
  #expect(abs(try rates("cosine")(at: 109) - 0.02) < 1e-12)
  #expect(abs(try rates("linear")(at: 109) - 0.02) < 1e-12)
  #expect(abs(try rates("constant")(at: 109) - 0.1) < 1e-12)
}

@Test func ratesStayInBoundsWhenAllIsWarmUpOrOneStep() throws {
  for (steps, warmup) in [(1, 0), (1, 10), (5, 5), (5, 100)] {
    let rate = try rates("cosine", steps: steps, warmup: warmup)
    for step in 0..<steps { #expect(rate(at: step) > 0 && rate(at: step) <= 0.1) }
  }
}
