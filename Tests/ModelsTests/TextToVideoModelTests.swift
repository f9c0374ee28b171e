import GradientCheck
import Layers
import Models
import Tensors
import Testing

struct TextToVideoModelTests {
  /// With and without what Wan's layout does not have.
  @Test(arguments: [false, true])
  func gradientsReachTheTokens(additions: Bool) {
    let model = model(additions: additions)
    let clips = gaussian([2, 2, 2, 2, 4])
    let piece = Differentiable([:], model.parameters) { _ in
      let (output, saved) = model.forward(
        clips, times: [0.1, 0.4, 0.8, 0.8], tokens: [3, 4, 1, 5, 1, 0], lengths: [3, 2])
      return (
        output,
        {
          model.backward($0, saved)
          return []
        }
      )
    }
    #expect(gradientProblems(of: piece) == [])
  }

  @Test func partsHaveNamesOfTheirOwn() {
    let roots = model().parameters.entries.map { $0.name.prefix { $0 != "." } }
    #expect(Set(roots) == ["text_encoder", "transformer"])
  }

  @Test func paddingTokensAreNeverRead() {
    let model = model(additions: true)
    model.parameters.allocate(seed: 1)
    model.parameters.perturb()
    func output(padding: Int) -> Tensor {
      model.forward(
        gaussian([2, 2, 1, 2, 2]), times: [0.3, 0.7], tokens: [3, 4, 1, 5, 1, padding], lengths: [3, 2]
      ).output
    }
    #expect(sameBits(output(padding: 0), output(padding: 7)))
  }

  private func model(additions: Bool = false) -> TextToVideoModel {
    TextToVideoModel(
      text: TextEncoderConfiguration(
        vocabulary: 9, width: 10, depth: 1, heads: 2, headWidth: 4, feedForward: 12),
      transformer: VideoDiffusionTransformerConfiguration(
        channels: 2, patch: PatchSize(frames: 1, height: 2, width: 2), width: 12, depth: 1, heads: 2,
        feedForward: 14, textWidth: 10, frequencyWidth: 8, pooledText: additions,
        absolutePositions: additions),
      flow: Flow(prediction: .velocity, shift: .constant(1)))
  }
}
