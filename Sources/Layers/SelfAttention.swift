import Tensors

/// Every token of a clip looks at all tokens of that clip.
///
///     y = Wo attend(turn(rms(Wq x)), turn(rms(Wk x)), Wv x)        x [B·N, D], y [B·N, D]
///
/// Wan's form: the RMS norms of queries and keys run over the whole width, before it is split into heads; `turn` is the
/// rotary position.
public struct SelfAttention {
  /// Projections D → D.
  public let query: Linear, key: Linear, value: Linear, output: Linear
  /// Norms over D.
  public let queryNorm: RMSNorm, keyNorm: RMSNorm
  private let rotary: RotaryPositions
  private let attention: DotProductAttention

  /// Registers `to_q`, `to_k`, `to_v`, `to_out.0`, `norm_q` and `norm_k` in the scope.
  public init(_ scope: Scope, width: Int, heads: Int, rotary: RotaryPositions) {
    query = Linear(scope("to_q"), width, width)
    key = Linear(scope("to_k"), width, width)
    value = Linear(scope("to_v"), width, width)
    output = Linear(scope("to_out")(0), width, width)
    queryNorm = RMSNorm(scope("norm_q"), width: width)
    keyNorm = RMSNorm(scope("norm_k"), width: width)
    self.rotary = rotary
    attention = DotProductAttention(heads: heads, scale: deviation(width / heads))
  }

  /// What backward reads.
  public struct Saved {
    let query: Linear.Saved, key: Linear.Saved, value: Linear.Saved, output: Linear.Saved
    let queryNorm: RMSNorm.Saved, keyNorm: RMSNorm.Saved
    let positions: RotaryPositions.Table
    let attention: DotProductAttention.Saved
  }

  /// `positions` are the angles of the N tokens of each clip.
  public func forward(
    _ input: Tensor, clips: Int, positions: RotaryPositions.Table
  ) -> (output: Tensor, saved: Saved) {
    let (q, querySaved) = query.forward(input)
    let (k, keySaved) = key.forward(input)
    let (v, valueSaved) = value.forward(input)
    let (normalQ, queryNormSaved) = queryNorm.forward(q)
    let (normalK, keyNormSaved) = keyNorm.forward(k)
    let (mixed, attentionSaved) = attention.forward(
      rotary.forward(normalQ, positions), rotary.forward(normalK, positions), v, clips: clips)
    let (result, outputSaved) = output.forward(mixed)
    let saved = Saved(
      query: querySaved, key: keySaved, value: valueSaved, output: outputSaved, queryNorm: queryNormSaved,
      keyNorm: keyNormSaved, positions: positions, attention: attentionSaved)
    return (result, saved)
  }

  /// The gradient of the input, which forked into queries, keys and values.
  public func backward(_ outputGradient: Tensor, _ saved: Saved) -> Tensor {
    let mixedGradient = output.backward(outputGradient, saved.output)
    let gradients = attention.backward(mixedGradient, saved.attention)
    let kGradient = keyNorm.backward(rotary.backward(gradients.key, saved.positions), saved.keyNorm)
    let qGradient = queryNorm.backward(rotary.backward(gradients.query, saved.positions), saved.queryNorm)
    let inputGradient = value.backward(gradients.value, saved.value)
    inputGradient.add(key.backward(kGradient, saved.key))
    inputGradient.add(query.backward(qGradient, saved.query))
    return inputGradient
  }
}
