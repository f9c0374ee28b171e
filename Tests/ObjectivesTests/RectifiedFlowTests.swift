import Clips
import Foundation
import GradientCheck
import Layers
import Models
import Tensors
import Testing
import Tokens

@testable import Objectives

/// A model small enough to check, with all that its objective reads.
private func objective(_ prediction: Flow.Prediction, captionDropout: Double = 0.5) -> RectifiedFlow {
  let text = TextEncoderConfiguration(
    vocabulary: 384, width: 8, depth: 1, heads: 2, headWidth: 4, feedForward: 12)
  let transformer = VideoDiffusionTransformerConfiguration(
    channels: 3, patch: PatchSize(frames: 1, height: 2, width: 2), width: 12, depth: 1, heads: 2,
    feedForward: 20,
    textWidth: 8, frequencyWidth: 8, pooledText: true, absolutePositions: true)
  return RectifiedFlow(
    model: TextToVideoModel(
      text: text, transformer: transformer, flow: Flow(prediction: prediction, shift: .constant(2))),
    tokenizer: ByteTokenizer(), maximumTextLength: 9, timeLaw: .init(mean: 0, deviation: 1),
    captionDropout: captionDropout)
}

private let examples = Examples(
  clips: gaussian([3, 3, 2, 4, 6], seed: 4), captions: ["a red dot", "left", "a longer caption than fits"])

@Test(arguments: [Flow.Prediction.velocity, .x0], [0, 5])
func gradientsOfTheLossAreRight(prediction: Flow.Prediction, step: Int) {
  let objective = objective(prediction)
  let position = Position(seed: 9, step: step)
  let problems = gradientProblems(
    of: Differentiable([:], objective.parameters) { _ in
      let losses = objective.addGradients(examples, at: position, share: 0)
      let loss = Float(losses.reduce(0, +) / Double(losses.count))
      return (
        Tensor([loss], [1]),
        { gradient in
          _ = objective.addGradients(examples, at: position, share: Double(gradient.values[0]))
          return []
        }
      )
    })
  #expect(problems == [])
}

@Test func aPerfectVelocityHasNoLossAndZeroOutputTheTargetsSize() {
  // With a head of zeros the velocity model answers 0, so its loss is the mean square of noise − clip.
  let objective = objective(.velocity)
  objective.parameters.allocate(seed: 1)
  let position = Position(seed: 3, step: 2)
  let losses = objective.addGradients(examples, at: position, share: 1)
  let noise = Tensor(examples.clips.shape)
  noise.fillGaussian(seed: 3, purpose: .noise, step: 2)
  for (clip, loss) in losses.enumerated() {
    let size = noise.count / 3
    let squares = (clip * size..<(clip + 1) * size).map { index in
      let target = Double(noise.pointer[index]) - Double(examples.clips.pointer[index])
      return target * target
    }
    #expect(abs(loss - squares.reduce(0, +) / Double(size)) < 1e-4)
  }
}

/// With half of the captions dropped: what is drawn belongs to the sample's place in the step, not in the pass.
@Test(arguments: 0..<6) func aPassInPartsAddsUpToTheWholeBatch(step: Int) {
  let objective = objective(.velocity, captionDropout: 0.5)
  objective.parameters.allocate(seed: 1)
  objective.parameters.perturb()
  let clips = gaussian([4, 3, 2, 4, 6], seed: 4)
  let captions = ["one", "two", "six", "ten"]
  let whole = objective.addGradients(
    Examples(clips: clips, captions: captions), at: Position(seed: 1, step: step), share: 1)
  let wholeGradient = objective.parameters.gradients.copied()
  objective.parameters.zeroGradients()
  var parts: [Double] = []
  for first in [0, 2] {
    let part = Examples(
      clips: clips.view(at: first * clips.count / 4, [2, 3, 2, 4, 6]),
      captions: Array(captions[first..<first + 2]))
    parts += objective.addGradients(part, at: Position(seed: 1, step: step, firstSample: first), share: 0.5)
  }
  #expect(zip(whole, parts).allSatisfy { abs($0 - $1) < 1e-6 })
  let difference = objective.parameters.gradients
  let size = wholeGradient.sumOfSquares.squareRoot()
  difference.add(wholeGradient, scale: -1)
  #expect(difference.sumOfSquares.squareRoot() < 1e-5 * size)
}

@Test func timesFollowTheShiftedLogitNormalLaw() {
  // σ⁻¹ of the unshifted time is normal: undo the shift of 2 and look at the first two moments.
  let flow = Flow(prediction: .velocity, shift: .constant(2))
  for time in [0.0, 0.25, 0.5, 1] {
    let shifted = flow.shifted(time, tokens: 12)
    #expect(abs(shifted - 2 * time / (1 + time)) < 1e-12)
  }
  let byTokens = Flow(prediction: .velocity, shift: .tokens)
  #expect(abs(byTokens.shifted(0.5, tokens: 256) - 0.5) < 1e-12)
  #expect(abs(byTokens.shifted(0.5, tokens: 4096) - 0.75) < 1e-12)
}

@Test func heldOutLossIsTheSameAtEachCallAndDiffersByNoiseLevel() {
  let objective = objective(.x0)
  objective.parameters.allocate(seed: 1)
  objective.parameters.perturb()
  let losses = { objective.heldOutLosses(examples, condition: $0, at: Position(seed: 1, step: 0)) }
  #expect(losses(0) == losses(0))
  #expect(losses(0) != losses(4))
  #expect(objective.heldOutConditions.count == 5)
}

@Test func aWrongSlopeIsCaught() {
  // The loss of one flow with the gradient of another's: the check must not pass.
  let objective = objective(.x0)
  let position = Position(seed: 9, step: 0)
  let problems = gradientProblems(
    of: Differentiable([:], objective.parameters) { _ in
      let losses = objective.addGradients(examples, at: position, share: 0)
      return (
        Tensor([Float(losses.reduce(0, +) / 3)], [1]),
        { gradient in
          _ = objective.addGradients(examples, at: position, share: 1.01 * Double(gradient.values[0]))
          return []
        }
      )
    })
  #expect(!problems.isEmpty)
}
