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
    attention = DotProductAttention(
      heads: heads, scale: deviation(width / heads), precision: scope.computePrecision)
  }

  /// What backward reads beside the input, which the caller makes again. The output projection's input is attention's
  /// output.
  public struct Saved {
    let text: Linear.Saved
    let queryNorm: RMSNorm.Saved, keyNorm: RMSNorm.Saved
    let attention: DotProductAttention.Saved

    /// The same with its large tensors at a precision; the text, which all blocks share, stays as it is.
    public func converted(to precision: Precision) -> Saved {
      Saved(
        text: text, queryNorm: queryNorm.converted(to: precision), keyNorm: keyNorm.converted(to: precision),
        attention: attention.converted(to: precision))
    }
  }

  /// A text's keys and values: what does not depend on the tokens that read it.
  public struct Reading {
    let key: Tensor, value: Tensor
    let text: Linear.Saved, keyNorm: RMSNorm.Saved
  }

  /// c [B·L, D] to its keys and values.
  public func read(_ text: Tensor) -> Reading {
    let (k, keyNormSaved) = project.keyNorm.forward(project.key.forward(text).output)
    let (v, textSaved) = project.value.forward(text)
    return Reading(key: k, value: v, text: textSaved, keyNorm: keyNormSaved)
  }

  /// `textLengths` says how many of each text's L tokens count; all of them if nil.
  public func forward(
    _ input: Tensor, text: Tensor, clips: Int, textLengths: [Int]?
  ) -> (output: Tensor, saved: Saved) {
    forward(input, read(text), clips: clips, textLengths: textLengths)
  }

  /// The same for a text that was read before.
  public func forward(
    _ input: Tensor, _ reading: Reading, clips: Int, textLengths: [Int]?
  ) -> (output: Tensor, saved: Saved) {
    let (q, queryNormSaved) = project.queryNorm.forward(project.query.forward(input).output)
    let (mixed, attentionSaved) = attention.forward(
      q, reading.key, reading.value, clips: clips, keyLengths: textLengths)
    let saved = Saved(
      text: reading.text, queryNorm: queryNormSaved, keyNorm: reading.keyNorm, attention: attentionSaved)
    return (project.output.forward(mixed).output, saved)
  }

  /// The gradients of the input and, if asked for, of the text; `input` is what forward was given.
  public func backward(
    _ outputGradient: Tensor, _ saved: Saved, input: Tensor, withTextGradient: Bool = true
  ) -> (input: Tensor, text: Tensor?) {
    let mixedGradient = project.output.backward(outputGradient, .init(input: saved.attention.output))
    let gradients = attention.backward(
      mixedGradient, saved.attention, query: project.queryNorm.output(of: saved.queryNorm),
      key: project.keyNorm.output(of: saved.keyNorm))
    let keyGradient = project.keyNorm.backward(gradients.key, saved.keyNorm)
    var textGradient: Tensor?
    if withTextGradient {
      let gradient = project.value.backward(gradients.value, saved.text)
      project.key.addBackward(keyGradient, saved.text, to: gradient)
      textGradient = gradient
    } else {
      project.value.addParameterGradients(gradients.value, saved.text)
      project.key.addParameterGradients(keyGradient, saved.text)
    }
    let qGradient = project.queryNorm.backward(gradients.query, saved.queryNorm)
    return (project.query.backward(qGradient, .init(input: input)), textGradient)
  }
}
