import GradientCheck
import Models
import Tensors
import Testing

struct FlowTests {
  @Test func shiftsMoveTimesTowardNoise() {
    let flow = Flow(prediction: .velocity, shift: .constant(3))
    #expect(flow.shifted(0, tokens: 5) == 0)
    #expect(flow.shifted(1, tokens: 5) == 1)
    #expect(abs(flow.shifted(0.5, tokens: 5) - 0.75) < 1e-12)
  }

  @Test func shiftsGrowWithTokens() {
    let flow = Flow(prediction: .velocity, shift: .tokens)
    #expect(abs(flow.shifted(0.3, tokens: 256) - 0.3) < 1e-12)
    #expect(abs(flow.shifted(0.5, tokens: 4096) - 0.75) < 1e-12)
    #expect(flow.shifted(0.5, tokens: 1) > 0)
  }

  @Test func aPredictedClipBecomesAVelocity() {
    let (noisy, output) = (gaussian([1, 1, 1, 3, 7], seed: 1), gaussian([1, 1, 1, 3, 7], seed: 2))
    for time in [0.01, 0.5, 1] {
      let velocity = output.copied()
      Flow(prediction: .x0, shift: .tokens).turnIntoVelocity(velocity, at: noisy, time: time)
      for ((velocity, noisy), output) in zip(zip(velocity.values, noisy.values), output.values) {
        #expect(abs(velocity - (noisy - output) / Float(max(time, 0.05))) < 1e-4)
      }
    }
  }

  @Test func aPredictedVelocityIsLeftAlone() {
    let output = gaussian([1, 1, 1, 3, 7])
    let before = output.copied()
    Flow(prediction: .velocity, shift: .tokens).turnIntoVelocity(
      output, at: gaussian([1, 1, 1, 3, 7]), time: 0.5)
    #expect(sameBits(output, before))
  }
}
