import Optimizers
import Testing

@Test func theDecayIsApproachedFromBelow() {
  let law = AverageLaw(decay: 0.99)
  #expect(abs(law.decay(update: 1) - (1 - 0.629_960_5)) < 1e-6)
  #expect(abs(law.decay(update: 7) - 0.75) < 1e-12)
  #expect(law.decay(update: 998) < 0.99 && law.decay(update: 999) == 0.99 && law.decay(update: 5000) == 0.99)
}

@Test func aTeachersDecayIsThereFromTheFirstUpdateOn() {
  let law = AverageLaw(decay: 0.99, isApproached: false)
  #expect([1, 2, 1000].allSatisfy { law.decay(update: $0) == 0.99 })
}
