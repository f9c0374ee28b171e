import Layers
import Tensors

/// Sizes of a text encoder.
public struct TextEncoderConfiguration: Sendable, Equatable {
  /// Token ids lie in 0..<vocabulary.
  public var vocabulary: Int
  /// D, the number of blocks, A, K and M.
  public var width: Int, depth: Int, heads: Int, headWidth: Int, feedForward: Int
  /// One bias table for each block (umT5) instead of one shared by all (T5).
  public var biasPerBlock: Bool
  /// Buckets of the relative position bias, and the distance from which on all share the last one.
  public var biasBuckets: Int, biasDistance: Int

  /// Sizes of a text encoder.
  public init(
    vocabulary: Int, width: Int, depth: Int, heads: Int, headWidth: Int, feedForward: Int,
    biasPerBlock: Bool = false, biasBuckets: Int = 32, biasDistance: Int = 128
  ) {
    self.vocabulary = vocabulary
    self.width = width
    self.depth = depth
    self.heads = heads
    self.headWidth = headWidth
    self.feedForward = feedForward
    self.biasPerBlock = biasPerBlock
    self.biasBuckets = biasBuckets
    self.biasDistance = biasDistance
  }
}

/// The text encoder of T5 v1.1 and umT5: token ids to one vector a token.
///
/// Raffel et al., "Exploring the limits of transfer learning with a unified text-to-text transformer", 2020. Names of
/// parameters are those of the published files.
public struct TextEncoder {
  /// The sizes.
  public let configuration: TextEncoderConfiguration
  private let embedding: Embedding
  private let blocks: [Block]
  private let finalNorm: RMSNorm

  /// Registers all parameters in the scope.
  public init(_ scope: Scope, _ configuration: TextEncoderConfiguration) {
    self.configuration = configuration
    embedding = Embedding(
      scope("shared"), vocabulary: configuration.vocabulary, width: configuration.width)
    blocks = (0..<configuration.depth).map {
      Block(
        scope("encoder")("block")($0), configuration, ownsBias: configuration.biasPerBlock || $0 == 0)
    }
    finalNorm = RMSNorm(scope("encoder")("final_layer_norm"), width: configuration.width)
  }

  /// What backward reads.
  public struct Saved {
    let ids: [Int]
    let length: Int
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
    for block in blocks {
      if let table = block.bias { bias = table.forward(length: length) }  // [A, L, L]
      let (output, blockSaved) = block.forward(x, texts: texts, lengths: lengths, bias: bias)
      x = output
      saved.append(blockSaved)
    }
    let (output, normSaved) = finalNorm.forward(x)
    return (output, Saved(ids: embedded, length: length, blocks: saved, finalNorm: normSaved))
  }

  /// Adds all parameter gradients; the ids have none.
  public func backward(_ outputGradient: Tensor, _ saved: Saved) {
    var gradient = finalNorm.backward(outputGradient, saved.finalNorm)
    let biasShape = [configuration.heads, saved.length, saved.length]
    var biasGradient = Tensor.zeros(biasShape)
    for (block, blockSaved) in zip(blocks, saved.blocks).reversed() {
      gradient = block.backward(gradient, blockSaved, addingBiasGradientTo: biasGradient)
      if let table = block.bias {
        table.backward(biasGradient)
        biasGradient = Tensor.zeros(biasShape)
      }
    }
    embedding.backward(gradient, saved.ids)
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
      let (normal, attentionNormSaved) = attentionNorm.forward(x)
      let (mixed, attentionSaved) = attention.forward(normal, texts: texts, lengths: lengths, bias: bias)
      let middle = x + mixed
      let (normalMiddle, feedForwardNormSaved) = feedForwardNorm.forward(middle)
      let (fed, feedForwardSaved) = feedForward.forward(normalMiddle)
      fed.add(middle)
      let saved = Saved(
        attentionNorm: attentionNormSaved, attention: attentionSaved, feedForwardNorm: feedForwardNormSaved,
        feedForward: feedForwardSaved)
      return (fed, saved)
    }

    func backward(_ outputGradient: Tensor, _ saved: Saved, addingBiasGradientTo biasGradient: Tensor)
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
