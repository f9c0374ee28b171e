import Tensors

/// T5's self-attention: a bias by distance instead of positions, scores not scaled, no biases in the projections.
///
///     y = Wo attend(Wq x, Wk x, Wv x; bias)        x [B·L, D], inner width A·K, y [B·L, D]
public struct BiasedSelfAttention {
  /// Projections D → A·K, and A·K → D.
  public let query: Linear, key: Linear, value: Linear, output: Linear
  private let attention: DotProductAttention

  /// Registers `q`, `k`, `v` and `o` in the scope, with T5's initial deviations.
  public init(_ scope: Scope, width: Int, heads: Int, headWidth: Int) {
    let inner = heads * headWidth
    // Scores are not divided by √K, so the queries start smaller by it.
    query = Linear(scope("q"), width, inner, bias: false, initial: .normal(deviation(width * headWidth)))
    key = Linear(scope("k"), width, inner, bias: false, initial: .normal(deviation(width)))
    value = Linear(scope("v"), width, inner, bias: false, initial: .normal(deviation(width)))
    output = Linear(scope("o"), inner, width, bias: false, initial: .normal(deviation(inner)))
    attention = DotProductAttention(heads: heads, scale: 1, precision: scope.computePrecision)
  }

  /// What backward reads.
  public struct Saved {
    let input: Linear.Saved, output: Linear.Saved
    let query: Tensor, key: Tensor
    let attention: DotProductAttention.Saved
  }

  /// `bias` [A, L, L]; `lengths` says how many of each text's tokens count.
  public func forward(
    _ input: Tensor, texts: Int, lengths: [Int]?, bias: Tensor
  ) -> (output: Tensor, saved: Saved) {
    let (q, inputSaved) = query.forward(input)
    let k = key.forward(input).output
    let v = value.forward(input).output
    let (mixed, attentionSaved) = attention.forward(q, k, v, clips: texts, keyLengths: lengths, bias: bias)
    let (result, outputSaved) = output.forward(mixed)
    let saved = Saved(
      input: inputSaved, output: outputSaved, query: q, key: k, attention: attentionSaved)
    return (result, saved)
  }

  /// The gradient of the input; the bias's is added to `biasGradient`, where somebody asks for it.
  public func backward(_ outputGradient: Tensor, _ saved: Saved, addingBiasGradientTo biasGradient: Tensor?)
    -> Tensor
  {
    let mixedGradient = output.backward(outputGradient, saved.output)
    let gradients = attention.backward(
      mixedGradient, saved.attention, query: saved.query, key: saved.key, addingBiasGradientTo: biasGradient)
    let inputGradient = value.backward(gradients.value, saved.input)
    key.addBackward(gradients.key, saved.input, to: inputGradient)
    query.addBackward(gradients.query, saved.input, to: inputGradient)
    return inputGradient
  }
}
