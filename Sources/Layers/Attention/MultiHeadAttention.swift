import Tensors

/// Every token of a clip looks at all tokens of that clip, as in most transformers: without norms of queries and keys.
///
///     y = Wo attend(R(Wq x + bq), R(Wk x + bk), Wv x + bv) + bo        x [B·n, D], y [B·n, D]
///
/// R is V-JEPA 2's rotary positions, where there are any. The projections are registered by whoever makes the layer, since
/// published models name them differently.
public struct MultiHeadAttention {
  /// Projections D → D; biases as the model has them.
  public let query: Linear, key: Linear, value: Linear, output: Linear
  private let rotary: TiledRotaryPositions?
  private let attention: DotProductAttention

  /// A layer of these projections.
  /// - Parameter heads: A, which divides D.
  public init(
    query: Linear, key: Linear, value: Linear, output: Linear, heads: Int,
    rotary: TiledRotaryPositions? = nil
  ) {
    precondition(query.outputs % heads == 0, "\(heads) heads do not divide width \(query.outputs)")
    self.query = query
    self.key = key
    self.value = value
    self.output = output
    self.rotary = rotary
    attention = DotProductAttention(
      heads: heads, scale: deviation(query.outputs / heads), precision: query.precision)
  }

  /// What backward reads beside the input, which the caller makes again.
  public struct Saved {
    /// Behind R.
    let query: Tensor, key: Tensor
    let attention: DotProductAttention.Saved

    /// The same with its large tensors at a precision.
    public func converted(to precision: Precision) -> Saved {
      Saved(
        query: query.converted(to: precision), key: key.converted(to: precision),
        attention: attention.converted(to: precision))
    }
  }

  /// `positions` are the angles of the tokens, for a layer with rotary positions.
  public func forward(
    _ input: Tensor, clips: Int, positions: TiledRotaryPositions.Table? = nil
  ) -> (output: Tensor, saved: Saved) {
    let (q, k) = (query.forward(input).output, key.forward(input).output)
    if let rotary, let positions {
      rotary.forward(q, by: positions)
      rotary.forward(k, by: positions)
    }
    let (mixed, attentionSaved) = attention.forward(q, k, value.forward(input).output, clips: clips)
    return (output.forward(mixed).output, Saved(query: q, key: k, attention: attentionSaved))
  }

  /// The gradient of the input, which forked into queries, keys and values; `input` and `positions` are what forward was
  /// given.
  public func backward(
    _ outputGradient: Tensor, _ saved: Saved, input: Tensor, positions: TiledRotaryPositions.Table? = nil
  ) -> Tensor {
    let mixedGradient = output.backward(outputGradient, .init(input: saved.attention.output))
    let gradients = attention.backward(
      mixedGradient, saved.attention, query: saved.query, key: saved.key)
    if let rotary, let positions {
      rotary.backward(gradients.query, by: positions)
      rotary.backward(gradients.key, by: positions)
    }
    let inputGradient = value.backward(gradients.value, .init(input: input))
    key.addBackward(gradients.key, .init(input: input), to: inputGradient)
    query.addBackward(gradients.query, .init(input: input), to: inputGradient)
    return inputGradient
  }
}
