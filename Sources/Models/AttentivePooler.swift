import Layers
import Tensors

/// All tokens of a clip to one vector, by a learned query that looks at them: V-JEPA 2's attentive pooler.
///
///     h = blocks(tokens),   x = q + attend(Wq q, Wk LN₁(h), Wv LN₁(h)),   y = x + feedForward(LN₂(x))
///
/// Tokens [B·n, D] to y [B, D]. Attention has no projection behind it, and the query no norm before it. Names of parameters are
/// those of transformers' `VJEPA2AttentivePooler`.
public struct AttentivePooler {
  private let query: Parameter  // [1, 1, D]
  private let stack: BlockStack
  private let tokensNorm: LayerNorm, feedForwardNorm: LayerNorm
  private let queryProjection: Linear, keyProjection: Linear, valueProjection: Linear
  private let attention: DotProductAttention
  private let feedForward: FeedForward

  /// Registers all parameters in the scope.
  ///
  /// - Parameter sizes: D, A and M, and how many blocks stand before the query.
  public init(_ scope: Scope, _ sizes: BlockSizes) {
    let (layout, width) = (BlockLayout.vJEPA2Pooler, sizes.width)
    query = scope.parameter("query_tokens", [1, 1, width], .normal(0.02), decays: false)
    stack = BlockStack(scope("self_attention_layers"), layout, sizes, givesInputGradient: true)
    let cross = scope("cross_attention_layer")
    tokensNorm = LayerNorm(cross("layer_norm1"), width: width, epsilon: layout.epsilon)
    func projection(_ name: String) -> Linear {
      Linear(cross("cross_attn")(name), width, width, initial: layout.initial)
    }
    queryProjection = projection("q_proj")
    keyProjection = projection("k_proj")
    valueProjection = projection("v_proj")
    attention = DotProductAttention(
      heads: sizes.heads, scale: 1 / Float(width / sizes.heads).squareRoot(),
      precision: scope.computePrecision)
    feedForwardNorm = LayerNorm(cross("layer_norm2"), width: width, epsilon: layout.epsilon)
    feedForward = FeedForward(
      widen: cross("mlp")("fc1"), narrow: cross("mlp")("fc2"), width, hidden: sizes.feedForward,
      outputs: width, initial: layout.initial, initialNarrow: layout.initialOutput(block: sizes.depth),
      activation: ErfGELU())
  }

  /// What backward reads.
  public struct Saved {
    let clips: Int
    let stack: BlockStack.Saved
    let tokensNorm: LayerNorm.Saved
    let query: Tensor, key: Tensor
    let attention: DotProductAttention.Saved
    let feedForwardNorm: LayerNorm.Saved
    let feedForward: FeedForward.Saved
  }

  /// Tokens of so many clips [B·n, D] to vectors [B, D].
  public func forward(_ tokens: Tensor, clips: Int) -> (output: Tensor, saved: Saved) {
    let (h, stackSaved) = stack.forward(tokens, EncoderBlock.Context(clips: clips))
    let (normal, tokensNormSaved) = tokensNorm.forward(h, as: keyProjection.precision)
    let (k, v) = (keyProjection.forward(normal).output, valueProjection.forward(normal).output)
    let q = repeatedRow(queryProjection.forward(queryRow).output, clips)
    let (x, attentionSaved) = attention.forward(q, k, v, clips: clips)
    let pooled = addingRow(query.value, to: x)
    let (normalPooled, feedForwardNormSaved) = feedForwardNorm.forward(
      pooled, as: feedForward.widen.precision)
    let (output, feedForwardSaved) = feedForward.forward(normalPooled)
    output.add(pooled)
    return (
      output,
      Saved(
        clips: clips, stack: stackSaved, tokensNorm: tokensNormSaved, query: q, key: k,
        attention: attentionSaved, feedForwardNorm: feedForwardNormSaved, feedForward: feedForwardSaved)
    )
  }

  /// From dy [B, D] to the tokens' gradient [B·n, D].
  public func backward(_ outputGradient: Tensor, _ saved: Saved) -> Tensor {
    let pooledGradient = feedForwardNorm.backward(
      feedForward.backward(
        outputGradient, saved.feedForward,
        input: feedForwardNorm.output(of: saved.feedForwardNorm, as: feedForward.widen.precision)),
      saved.feedForwardNorm, plus: outputGradient)
    addColumnSums(of: pooledGradient, to: query.gradient)
    let gradients = attention.backward(
      pooledGradient, saved.attention, query: saved.query, key: saved.key)
    let normal = Linear.Saved(
      input: tokensNorm.output(of: saved.tokensNorm, as: keyProjection.precision))
    let normalGradient = valueProjection.backward(gradients.value, normal)
    keyProjection.addBackward(gradients.key, normal, to: normalGradient)
    let queryGradient = queryProjection.backward(
      groupSums(gradients.query, groups: 1), .init(input: queryRow))
    addColumnSums(of: queryGradient, to: query.gradient)
    return stack.backward(tokensNorm.backward(normalGradient, saved.tokensNorm), saved.stack)
  }

  /// The query as a row [1, D].
  private var queryRow: Tensor { query.value.reshaped([1, query.value.count]) }
}
