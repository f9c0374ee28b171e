import Layers
import Models

// What tasks say of the models that they have in common.

extension TextEncoderConfiguration {
  /// The encoder's blocks; there is no bias between tokens without the first.
  public var stack: Stack {
    Stack(
      "text_encoder.encoder.block", depth: depth, before: [NamePattern("text_encoder.shared")],
      least: min(depth, 1))
  }

  /// Attention and feed-forward of all blocks.
  public var adapterTargets: [NamePattern] {
    ["\(stack.name).*.SelfAttention", "\(stack.name).*.DenseReluDense"].map(NamePattern.init)
  }

  /// The same for a vocabulary, with as many blocks as the context says.
  public func with(vocabulary: Int, _ context: BuildContext) -> TextEncoderConfiguration {
    var sizes = self
    sizes.vocabulary = vocabulary
    sizes.depth = context.depths[stack.name] ?? depth
    return sizes
  }
}

extension VideoDiffusionTransformerConfiguration {
  /// The transformer's blocks.
  public var stack: Stack {
    Stack(
      "transformer.blocks", depth: depth,
      before: ["patch_embedding", "condition_embedder"].map { NamePattern("transformer.\($0)") })
  }

  /// Attention and feed-forward of all blocks.
  public var adapterTargets: [NamePattern] {
    ["attn1", "attn2", "ffn"].map { NamePattern("\(stack.name).*.\($0)") }
  }

  /// The same with as many blocks as the context says, which keep for backward what it says.
  public func with(_ context: BuildContext) -> VideoDiffusionTransformerConfiguration {
    var sizes = self
    sizes.depth = context.depths[stack.name] ?? depth
    sizes.recomputesBlocks = context.recomputesBlocks
    sizes.savedPrecision = context.savedPrecision
    return sizes
  }
}
