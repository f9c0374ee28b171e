import Clips
import GradientCheck
import Layers
import Models
import Objectives
import Tensors
import Testing
import Tokens

@testable import Denoising

struct DenoisingTests {
  private func objective() -> Denoising {
    Denoising(
      model: TextToVideoModel(
        text: TextEncoderConfiguration(
          vocabulary: 384, width: 8, depth: 1, heads: 2, headWidth: 4, feedForward: 12),
        transformer: VideoDiffusionTransformerConfiguration(
          channels: 3, patch: PatchSize(frames: 1, height: 2, width: 2), width: 12, depth: 1, heads: 2,
          feedForward: 20, textWidth: 8, frequencyWidth: 8),
        flow: Flow(prediction: .x0, shift: .constant(1))),
      tokenizer: ByteTokenizer(), maximumTextLength: 9, strength: 0.5)
  }

  @Test(arguments: [0, 5])
  func gradientsOfTheLossAreRight(step: Int) {
    let objective = objective()
    let examples = Examples(clips: gaussian([3, 3, 2, 4, 6], seed: 4), captions: ["a red dot", "left", ""])
    let position = Position(seed: 9, step: step)
    let piece = Differentiable([:], objective.parameters) { _ in
      let losses = objective.addGradients(examples, at: position, share: 0)
      return (
        Tensor([Float(losses.reduce(0, +) / Double(losses.count))], [1]),
        { gradient in
          _ = objective.addGradients(examples, at: position, share: Double(gradient.values[0]))
          return []
        }
      )
    }
    #expect(gradientProblems(of: piece) == [])
  }

  @Test func aPassInPartsAddsUpToTheWholeBatch() {
    let clips = gaussian([4, 3, 2, 4, 4], seed: 2)
    let examples = Examples(clips: clips, captions: ["a", "b c", "", "d"])
    func gradients(parts: Int) -> [Float] {
      let objective = objective()
      objective.parameters.allocate(seed: 1)
      for index in 0..<parts {
        _ = objective.addGradients(
          examples.part(index, of: parts), at: Position(seed: 1, step: 3, firstSample: index * (4 / parts)),
          share: 1 / Double(parts))
      }
      return objective.parameters.gradients.values
    }
    let (whole, halves) = (gradients(parts: 1), gradients(parts: 2))
    #expect(zip(whole, halves).allSatisfy { abs($0 - $1) < 1e-5 })
  }

  @Test func aModelThatAnswersZeroLosesTheMeanSquareOfTheClip() {
    let objective = objective()
    objective.parameters.allocate(seed: 1)
    let clips = Tensor(Array(repeating: 0.5, count: 2 * 3 * 2 * 4 * 4), [2, 3, 2, 4, 4])
    // The last projection of a fresh model is zero.
    let losses = objective.heldOutLosses(
      Examples(clips: clips, captions: ["a", "b"]), condition: 0, at: Position(seed: 1, step: 0))
    #expect(losses == [0.25, 0.25])
    #expect(objective.heldOutConditions == ["strength 0.5"])
  }
}
