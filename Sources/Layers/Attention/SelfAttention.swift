import Tensors

/// Every token of a clip looks at all tokens of that clip.
///
///     y = Wo attend(rotate(rms(Wq x)), rotate(rms(Wk x)), Wv x)        x [B·N, D], y [B·N, D]
///
/// Wan's form: the RMS norms of queries and keys run over the whole width, before it is split into heads; `rotate`
/// rotates by the rotary positions.
public struct SelfAttention {
  /// The parameters.
  public let project: AttentionProjections
  private let rotary: RotaryPositions
  private let attention: DotProductAttention

  /// Registers `to_q`, `to_k`, `to_v`, `to_out.0`, `norm_q` and `norm_k` in the scope.
  public init(_ scope: Scope, width: Int, heads: Int, rotary: RotaryPositions) {
    project = AttentionProjections(scope, width: width)
    self.rotary = rotary
    attention = DotProductAttention(
      heads: heads, scale: deviation(width / heads), precision: scope.computePrecision)
  }

  /// What backward reads beside the input, which the caller makes again. The output projection's input is attention's
  /// output.
  public struct Saved {
    let queryNorm: RMSNorm.Saved, keyNorm: RMSNorm.Saved
    let positions: RotaryPositions.Table
    let attention: DotProductAttention.Saved

    /// The same with its large tensors at a precision.
    public func converted(to precision: Precision) -> Saved {
      Saved(
        queryNorm: queryNorm.converted(to: precision), keyNorm: keyNorm.converted(to: precision),
        positions: positions, attention: attention.converted(to: precision))
    }
  }

  /// `positions` are the angles of the N tokens of each clip.
  public func forward(
    _ input: Tensor, clips: Int, positions: RotaryPositions.Table
  ) -> (output: Tensor, saved: Saved) {
    // Norm and rotation are one pass over memory.
    let (q, queryNormSaved) = project.queryNorm.forward(project.query.forward(input).output) {
      rotary.rotate($0, of: $1, by: positions)
    }
    let (k, keyNormSaved) = project.keyNorm.forward(project.key.forward(input).output) {
      rotary.rotate($0, of: $1, by: positions)
    }
    let (mixed, attentionSaved) = attention.forward(q, k, project.value.forward(input).output, clips: clips)
    let saved = Saved(
      queryNorm: queryNormSaved, keyNorm: keyNormSaved, positions: positions, attention: attentionSaved)
    return (project.output.forward(mixed).output, saved)
  }

  /// The gradient of the input, which forked into queries, keys and values; `input` is what forward was given.
  ///
  /// Queries and keys are rotated anew: two passes over them, and two tensors less to keep.
  public func backward(_ outputGradient: Tensor, _ saved: Saved, input: Tensor) -> Tensor {
    let mixedGradient = project.output.backward(outputGradient, .init(input: saved.attention.output))
    let q = project.queryNorm.output(of: saved.queryNorm) { rotary.rotate($0, of: $1, by: saved.positions) }
    let k = project.keyNorm.output(of: saved.keyNorm) { rotary.rotate($0, of: $1, by: saved.positions) }
    let gradients = attention.backward(mixedGradient, saved.attention, query: q, key: k)
    let inputGradient = project.value.backward(gradients.value, .init(input: input))
    let keyGradient = project.keyNorm.backward(gradients.key, saved.keyNorm) {
      rotary.rotateBack($0, of: $1, by: saved.positions)
    }
    project.key.addBackward(keyGradient, .init(input: input), to: inputGradient)
    let queryGradient = project.queryNorm.backward(gradients.query, saved.queryNorm) {
      rotary.rotateBack($0, of: $1, by: saved.positions)
    }
    project.query.addBackward(queryGradient, .init(input: input), to: inputGradient)
    return inputGradient
  }
}
