import GradientCheck
import Layers
import Models
import Tensors
import Testing

/// The way back stops at the lowest trained block.
struct GradientReachTests {
  /// All that is frozen, but for these.
  static func policy(training patterns: String...) -> ParameterPolicy {
    ParameterPolicy(frozen: [NamePattern("*")], trained: patterns.map { NamePattern($0) })
  }

  static let policies = [
    policy(training: "transformer.blocks.3"), policy(training: "transformer.blocks.2.ffn"),
    policy(training: "transformer.proj_out"), policy(training: "transformer.scale_shift_table"),
    policy(training: "transformer.blocks.1.attn2.to_k", "transformer.blocks.3"),
    policy(training: "transformer.condition_embedder.text_embedder"),
    policy(training: "transformer.condition_embedder.time_embedder"),
    policy(training: "transformer.condition_embedder.time_proj"),
    policy(training: "transformer.condition_embedder.pooled_text"),
    policy(training: "transformer.patch_embedding"), policy(training: "transformer.patch_embedding.bias"),
    policy(training: "text_encoder.encoder.block.2"),
    policy(training: "text_encoder.encoder.final_layer_norm"),
    policy(training: "text_encoder.shared"), policy(training: "*.relative_attention_bias"),
    policy(training: "text_encoder.encoder.block.3", "transformer.blocks.2.norm2"),
  ]

  /// The same bits as in a model of which all is trained, in which nothing stops.
  @Test(arguments: policies.indices, [false, true])
  func gradientsAreThoseOfTheWholeWay(index: Int, recomputesBlocks: Bool) {
    func model(_ policy: ParameterPolicy) -> SmallModel {
      SmallModel(policy, depth: 4, biasPerBlock: index % 2 == 0, recomputesBlocks: recomputesBlocks)
    }
    let (part, whole) = (model(Self.policies[index]), model(.trainEverything))
    for model in [part, whole] {
      model.parameters.allocate(seed: 1)
      model.parameters.perturb()
    }
    #expect(sameBits(part.forward().output, whole.forward().output))
    let (gradients, expected) = (part.gradients(), whole.gradients())
    #expect(!part.parameters.trainedEntries.isEmpty)
    for (mine, other) in zip(part.parameters.entries, whole.parameters.entries) where !mine.isFrozen {
      let gradient = gradients.view(at: mine.offset, mine.shape)
      #expect(gradient.sumOfSquares > 0, "\(mine.name)")
      #expect(sameBits(gradient, expected.view(at: other.offset, other.shape)), "\(mine.name)")
    }
  }

  /// What a rehearsed pass costs, where the text is as long as it takes to see it.
  private func cost(_ policy: ParameterPolicy, recomputesBlocks: Bool = false) -> Plan {
    Plan.rehearse {
      let model = SmallModel(policy, width: 48, depth: 4, recomputesBlocks: recomputesBlocks)
      model.parameters.allocate(seed: 1)
      let clips = Tensor([2, 2, 2, 16, 16])
      let (output, saved) = model.model.forward(
        clips, times: [0.1, 0.4, 0.8, 0.8], tokens: Array(repeating: 1, count: 64), lengths: [32, 30])
      model.model.backward(output, saved)
    }
  }

  @Test(arguments: [false, true])
  func lowerBlocksCostNothing(recomputesBlocks: Bool) {
    let costs = (0..<4).map {
      cost(Self.policy(training: "transformer.blocks.\($0).ffn"), recomputesBlocks: recomputesBlocks)
    }
    let head = cost(Self.policy(training: "transformer.proj_out"), recomputesBlocks: recomputesBlocks)
    for (lower, upper) in zip(costs, costs.dropFirst() + [head]) {
      #expect(upper.productOperations < lower.productOperations)
      #expect(upper.memory.peakBytes < lower.memory.peakBytes)
    }
    // Each block costs as much as the next.
    let steps = zip(costs, costs.dropFirst()).map { $0.productOperations - $1.productOperations }
    #expect(steps[0] == steps[1] && steps[1] == steps[2])
  }

  @Test func theTextsGradientIsComputedWhereSomethingOfItIsTrained() {
    let blocks = Self.policy(training: "transformer.blocks")
    var (withEmbedding, withEncoder) = (blocks, blocks)
    withEmbedding.trained.append(NamePattern("transformer.condition_embedder.text_embedder.linear_2.bias"))
    withEncoder.trained.append(NamePattern("text_encoder.encoder.final_layer_norm"))
    let costs = [blocks, withEmbedding, withEncoder].map { cost($0) }
    // Two projections of the text in each of four blocks, [64, 48] by [48, 48].
    #expect(costs[1].productOperations - costs[0].productOperations >= 4 * 2 * 2 * 64 * 48 * 48)
    #expect(costs[2].productOperations > costs[1].productOperations)
    #expect(costs[0].memory.peakBytes < costs[1].memory.peakBytes)
  }

  @Test func aTransformerOnItsOwnGivesTheTextsGradientUnlessToldNotTo() throws {
    func backward(_ gives: Bool) -> Tensor? {
      let store = ParameterStore()
      let model = VideoDiffusionTransformer(
        store.root,
        VideoDiffusionTransformerConfiguration(
          channels: 1, patch: PatchSize(frames: 1, height: 1, width: 1), width: 12, depth: 1, heads: 2,
          feedForward: 8, textWidth: 6, frequencyWidth: 8, pooledText: true), givesTextGradient: gives)
      store.allocate(seed: 1)
      store.perturb()
      let (output, saved) = model.forward(
        gaussian([1, 1, 1, 2, 2]), times: [0.5], text: gaussian([3, 6]), textLengths: nil)
      return model.backward(output, saved)
    }
    #expect(try #require(backward(true)).shape == [3, 6])
    #expect(backward(false) == nil)
  }
}
