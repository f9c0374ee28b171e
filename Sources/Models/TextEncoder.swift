import Layers
import Tensors

/// The text encoder of T5 v1.1 and umT5: token ids to one vector a token.
///
/// Raffel et al., "Exploring the limits of transfer learning with a unified text-to-text transformer", 2020. Names of
/// parameters are those of the published files.
public struct TextEncoder {
  /// The sizes.
  public let configuration: TextEncoderConfiguration
  private let embedding: Embedding
  private let blocks: [Block]
  private let spans: [ParameterSpan]
  private let finalNorm: RMSNorm
  /// The lowest block that backward comes to; the number of blocks if it comes to none.
  private let firstBlock: Int
  /// Whether any part is trained. Else there is no way back, and nothing is saved for one.
  public let isTrained: Bool

  /// Registers all parameters in the scope.
  public init(_ scope: Scope, _ configuration: TextEncoderConfiguration) {
    self.configuration = configuration
    embedding = Embedding(
      scope("shared"), vocabulary: configuration.vocabulary, width: configuration.width)
    blocks = (0..<configuration.depth).map {
      Block(
        scope("encoder")("block")($0), configuration, ownsBias: configuration.biasPerBlock || $0 == 0)
    }
    spans = blocks.indices.map { scope("encoder")("block")($0).span }
    finalNorm = RMSNorm(scope("encoder")("final_layer_norm"), width: configuration.width)
    let trained = (0..<configuration.depth).map { scope("encoder")("block")($0).isTrained }
    firstBlock = scope("shared").isTrained ? 0 : trained.firstIndex(of: true) ?? configuration.depth
    isTrained = scope.isTrained
  }

  /// What backward reads.
  public struct Saved {
    let ids: [Int]
    let length: Int
    /// Of the lowest block that backward comes to and those above it, in order.
    let blocks: [Block.Saved]
    let finalNorm: RMSNorm.Saved
  }

  /// Token ids of B texts, padded to one length L, to vectors [B·L, D].
  ///
  /// `lengths` says how many tokens of each text count; nobody looks at the rest, whose vectors mean nothing.
  public func forward(_ ids: [Int], texts: Int, lengths: [Int]) -> (output: Tensor, saved: Saved) {
    let length = ids.count / texts
    var (x, embedded) = embedding.forward(ids)  // [B·L, D]
    var bias = Tensor([0])
    var saved: [Block.Saved] = []
    for (index, block) in blocks.enumerated() {
      if let table = block.bias { bias = table.forward(length: length) }  // [A, L, L]
      let (output, blockSaved) = block.forward(x, texts: texts, lengths: lengths, bias: bias)
      x = output
      if index >= firstBlock { saved.append(blockSaved) }
    }
    let (output, normSaved) = finalNorm.forward(x)
    return (output, Saved(ids: embedded, length: length, blocks: saved, finalNorm: normSaved))
  }

  /// Adds all parameter gradients; the ids have none. Ends at the lowest block that is trained.
  public func backward(_ outputGradient: Tensor, _ saved: Saved) {
    var gradient = finalNorm.backward(outputGradient, saved.finalNorm)
    var biasGradient: Tensor?
    for index in (firstBlock..<blocks.count).reversed() {
      let block = blocks[index]
      if biasGradient == nil, trainsBias(ofBlock: index) {
        biasGradient = Tensor.zeros([configuration.heads, saved.length, saved.length])
      }
      gradient = block.backward(
        gradient, saved.blocks[index - firstBlock], addingBiasGradientTo: biasGradient)
      if let table = block.bias, let total = biasGradient {
        table.backward(total)
        biasGradient = nil
      }
      spans[index].gradientsAreComplete()
    }
    embedding.backward(gradient, saved.ids)
  }

  /// Whether the table that a block's bias is from is trained: its own, or that of the nearest block below that has one.
  private func trainsBias(ofBlock index: Int) -> Bool {
    let table = blocks[...index].last { $0.bias != nil }?.bias
    return table.map { !$0.weight.entry.isFrozen } ?? false
  }

  /// One block: attention and feed-forward, each after a norm and around a residual.
  struct Block {
    let attentionNorm: RMSNorm
    let attention: BiasedSelfAttention
    let bias: RelativePositionBias?
    let feedForwardNorm: RMSNorm
    let feedForward: GatedFeedForward

    init(_ scope: Scope, _ sizes: TextEncoderConfiguration, ownsBias: Bool) {
      let (first, second) = (scope("layer")(0), scope("layer")(1))
      attention = BiasedSelfAttention(
        first("SelfAttention"), width: sizes.width, heads: sizes.heads, headWidth: sizes.headWidth)
      bias =
        ownsBias
        ? RelativePositionBias(
          first("SelfAttention")("relative_attention_bias"), heads: sizes.heads, buckets: sizes.biasBuckets,
          maximumDistance: sizes.biasDistance) : nil
      attentionNorm = RMSNorm(first("layer_norm"), width: sizes.width)
      feedForward = GatedFeedForward(second("DenseReluDense"), width: sizes.width, hidden: sizes.feedForward)
      feedForwardNorm = RMSNorm(second("layer_norm"), width: sizes.width)
    }

    struct Saved {
      let attentionNorm: RMSNorm.Saved, attention: BiasedSelfAttention.Saved
      let feedForwardNorm: RMSNorm.Saved, feedForward: GatedFeedForward.Saved
    }

    func forward(_ x: Tensor, texts: Int, lengths: [Int], bias: Tensor) -> (output: Tensor, saved: Saved) {
      let (normal, attentionNormSaved) = attentionNorm.forward(x, as: attention.query.precision)
      let (mixed, attentionSaved) = attention.forward(normal, texts: texts, lengths: lengths, bias: bias)
      let middle = x + mixed
      let (normalMiddle, feedForwardNormSaved) = feedForwardNorm.forward(
        middle, as: feedForward.gate.precision)
      let (fed, feedForwardSaved) = feedForward.forward(normalMiddle)
      fed.add(middle)
      let saved = Saved(
        attentionNorm: attentionNormSaved, attention: attentionSaved, feedForwardNorm: feedForwardNormSaved,
        feedForward: feedForwardSaved)
      return (fed, saved)
    }

    func backward(_ outputGradient: Tensor, _ saved: Saved, addingBiasGradientTo biasGradient: Tensor?)
      -> Tensor
    {
      let normalGradient = feedForward.backward(outputGradient, saved.feedForward)
      let middleGradient = feedForwardNorm.backward(normalGradient, saved.feedForwardNorm)
      middleGradient.add(outputGradient)
      let mixedGradient = attention.backward(
        middleGradient, saved.attention, addingBiasGradientTo: biasGradient)
      let inputGradient = attentionNorm.backward(mixedGradient, saved.attentionNorm)
      inputGradient.add(middleGradient)
      return inputGradient
    }
  }
}
