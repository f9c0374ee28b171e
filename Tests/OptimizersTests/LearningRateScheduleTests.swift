import Optimizers
import Testing

private func rates(
  _ shape: LearningRateSchedule.Shape, steps: Int = 110, warmup: Int = 10
) -> LearningRateSchedule {
  LearningRateSchedule(peak: 0.1, warmupSteps: warmup, shape: shape, finalShare: 0.2, steps: steps)
}

@Test(arguments: LearningRateSchedule.Shape.allCases)
func warmUpIsLinearAndEndsAtThePeak(shape: LearningRateSchedule.Shape) {
  let rate = rates(shape)
  #expect(abs(rate(at: 0) - 0.01) < 1e-12)
  #expect(abs(rate(at: 4) - 0.05) < 1e-12)
  #expect(abs(rate(at: 9) - 0.1) < 1e-12)
  #expect(abs(rate(at: 10) - 0.1) < 1e-12)
}

@Test func theLastStepHasTheFinalRate() {
  #expect(abs(rates(.cosine)(at: 109) - 0.02) < 1e-12)
  #expect(abs(rates(.linear)(at: 109) - 0.02) < 1e-12)
  #expect(abs(rates(.constant)(at: 109) - 0.1) < 1e-12)
}

@Test func ratesStayInBoundsWhenAllIsWarmUpOrOneStep() {
  for (steps, warmup) in [(1, 0), (1, 10), (5, 5), (5, 100)] {
    let rate = rates(.cosine, steps: steps, warmup: warmup)
    for step in 0..<steps { #expect(rate(at: step) > 0 && rate(at: step) <= 0.1) }
  }
}
