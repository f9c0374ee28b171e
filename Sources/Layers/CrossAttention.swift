import Tensors

/// Every token of a clip looks at the tokens of its text.
///
///     y = Wo attend(rms(Wq x), rms(Wk c), Wv c)        x [B·N, D], c [B·L, D], y [B·N, D]
///
/// Wan's form: norms over the whole width, no rotary positions.
public struct CrossAttention {
  /// The parameters.
  public let project: AttentionProjections
  private let attention: DotProductAttention

  /// Registers `to_q`, `to_k`, `to_v`, `to_out.0`, `norm_q` and `norm_k` in the scope.
  public init(_ scope: Scope, width: Int, heads: Int) {
    project = AttentionProjections(scope, width: width)
    attention = DotProductAttention(heads: heads, scale: deviation(width / heads))
  }

  /// What backward reads beside the input, which the caller makes again.
  public struct Saved {
    let text: Linear.Saved, output: Linear.Saved
    let queryNorm: RMSNorm.Saved, keyNorm: RMSNorm.Saved
    let attention: DotProductAttention.Saved
  }

  /// `textLengths` says how many of each text's L tokens count; all of them if nil.
  public func forward(
    _ input: Tensor, text: Tensor, clips: Int, textLengths: [Int]?
  ) -> (output: Tensor, saved: Saved) {
    let (q, queryNormSaved) = project.queryNorm.forward(project.query.forward(input).output)
    let (k, keyNormSaved) = project.keyNorm.forward(project.key.forward(text).output)
    let (v, textSaved) = project.value.forward(text)
    let (mixed, attentionSaved) = attention.forward(q, k, v, clips: clips, keyLengths: textLengths)
    let (result, outputSaved) = project.output.forward(mixed)
    let saved = Saved(
      text: textSaved, output: outputSaved, queryNorm: queryNormSaved, keyNorm: keyNormSaved,
      attention: attentionSaved)
    return (result, saved)
  }

  /// The gradients of the input and of the text; `input` is what forward was given.
  public func backward(
    _ outputGradient: Tensor, _ saved: Saved, input: Tensor
  ) -> (input: Tensor, text: Tensor) {
    let mixedGradient = project.output.backward(outputGradient, saved.output)
    let gradients = attention.backward(
      mixedGradient, saved.attention, query: project.queryNorm.output(of: saved.queryNorm),
      key: project.keyNorm.output(of: saved.keyNorm))
    let textGradient = project.value.backward(gradients.value, saved.text)
    project.key.addBackward(
      project.keyNorm.backward(gradients.key, saved.keyNorm), saved.text, to: textGradient)
    let qGradient = project.queryNorm.backward(gradients.query, saved.queryNorm)
    return (project.query.backward(qGradient, .init(input: input)), textGradient)
  }
}
