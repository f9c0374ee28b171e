import GradientCheck
import Layers
import Models
import Tensors
import Testing

struct FrozenModelTests {
  static let parts = [
    ["text_encoder"], ["transformer"], ["transformer.blocks.0", "text_encoder.shared"],
    ["transformer.blocks.1.norm2", "transformer.blocks.1.attn1", "transformer.scale_shift_table"],
    ["text_encoder.encoder", "transformer.patch_embedding", "transformer.proj_out.bias"],
  ]

  @Test(arguments: parts, [Precision.float32, .bfloat16])
  func othersHaveTheVerySameGradients(frozen: [String], precision: Precision) {
    let model = model(ParameterPolicy(frozen: frozen.map { NamePattern($0) }, frozenPrecision: precision))
    let (store, plain) = (model.parameters, self.model(.trainEverything))
    store.allocate(seed: 1)
    store.perturb()
    plain.parameters.allocate(seed: 1)
    for (mine, other) in zip(store.entries, plain.parameters.entries) {
      plain.parameters.values(of: other).copy(from: store.values(of: mine))
    }
    let (output, plainOutput) = (pass(model), pass(plain))
    #expect(sameBits(output, plainOutput))
    #expect(store.trainedEntries.count < store.entries.count)
    for (mine, other) in zip(store.entries, plain.parameters.entries) where !mine.isFrozen {
      let gradient = store.gradients.view(at: mine.offset, mine.shape)
      #expect(gradient.sumOfSquares > 0, "\(mine.name)")
      #expect(
        sameBits(gradient, plain.parameters.gradients.view(at: other.offset, other.shape)), "\(mine.name)")
    }
  }

  @Test func aFrozenTextEncoderHasNoWayBackAndKeepsNothingForIt() {
    func cost(_ policy: ParameterPolicy) -> Plan {
      Plan.rehearse {
        let model = model(policy, textWidth: 64)
        model.parameters.allocate(seed: 1)
        _ = pass(model)
      }
    }
    let plain = cost(.trainEverything)
    let blocks = cost(ParameterPolicy(frozen: [NamePattern("text_encoder.shared")]))  // skips no product
    let frozen = cost(ParameterPolicy(frozen: [NamePattern("text_encoder")]))
    let narrow = cost(ParameterPolicy(frozen: [NamePattern("text_encoder")], frozenPrecision: .bfloat16))
    #expect(blocks.productOperations == plain.productOperations)
    #expect(frozen.productOperations < plain.productOperations)
    #expect(narrow.productOperations == frozen.productOperations)
    #expect(
      narrow.memory.peakBytes < frozen.memory.peakBytes && frozen.memory.peakBytes < plain.memory.peakBytes)
  }

  private func pass(_ model: TextToVideoModel) -> Tensor {
    let (output, saved) = model.forward(
      gaussian([2, 2, 2, 2, 4]), times: [0.1, 0.4, 0.8, 0.8], tokens: [3, 4, 1, 5, 1, 0], lengths: [3, 2])
    model.backward(gaussian(output.shape, seed: 9), saved)
    return output
  }

  private func model(_ policy: ParameterPolicy, textWidth: Int = 10) -> TextToVideoModel {
    TextToVideoModel(
      text: TextEncoderConfiguration(
        vocabulary: 9, width: textWidth, depth: 2, heads: 2, headWidth: 4, feedForward: 12),
      transformer: VideoDiffusionTransformerConfiguration(
        channels: 2, patch: PatchSize(frames: 1, height: 2, width: 2), width: 12, depth: 2, heads: 2,
        feedForward: 14, textWidth: textWidth, frequencyWidth: 8, pooledText: true),
      flow: Flow(prediction: .velocity, shift: .constant(1)), policy: policy)
  }
}
