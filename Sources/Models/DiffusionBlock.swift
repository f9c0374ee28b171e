import Layers
import Tensors

/// One block of the video diffusion transformer.
///
///     x += gate · selfAttention(LN(x) · (1 + scale) + shift)
///     x += crossAttention(LN₂(x), text)
///     x += gate · feedForward(LN(x) · (1 + scale) + shift)
///
/// The six vectors (shift, scale, gate; shift, scale, gate) are the time's, shared by all blocks, plus the block's own
/// table.
struct DiffusionBlock {
  let table: Parameter  // [1, 6, D]
  let width: Int
  /// That of the inputs of all branches, which only products read.
  let precision: Precision
  let attentionNorm = ModulatedNorm(shift: 0, scale: 1)
  let attention: SelfAttention
  let attentionGate = GatedResidual(gate: 2)
  let textNorm: LayerNorm
  let textAttention: CrossAttention
  let feedForwardNorm = ModulatedNorm(shift: 3, scale: 4)
  let feedForward: FeedForward
  let feedForwardGate = GatedResidual(gate: 5)

  init(_ scope: Scope, _ sizes: VideoDiffusionTransformerConfiguration, rotary: RotaryPositions) {
    width = sizes.width
    precision = scope.computePrecision
    attention = SelfAttention(scope("attn1"), width: width, heads: sizes.heads, rotary: rotary)
    textNorm = LayerNorm(scope("norm2"), width: width)
    textAttention = CrossAttention(scope("attn2"), width: width, heads: sizes.heads)
    feedForward = FeedForward(
      widen: scope("ffn")("net")(0)("proj"), narrow: scope("ffn")("net")(2), width, hidden: sizes.feedForward,
      outputs: width)
    table = scope.parameter(
      "scale_shift_table", [1, 6, width], .normal(1 / Float(width).squareRoot()), decays: false)
  }

  /// What each block is given beside the stream.
  struct Context {
    let clips: Int
    let positions: RotaryPositions.Table
    let timeVectors: Tensor  // [G, 6·D], G groups of tokens with one time each
    let text: Tensor  // [B·L, D]
    let textLengths: [Int]?
  }

  /// What backward reads beside the block's input. Neither the norms' outputs nor the stream behind the first branch are
  /// among it: what takes a pass over memory to make is made again, what takes a product is kept.
  struct Saved {
    let vectors: ModulationVectors
    let attention: SelfAttention.Saved, textAttention: CrossAttention.Saved, feedForward: FeedForward.Saved
    /// Of the three norms: mean and deviation of each row.
    let attentionStatistics: Tensor, textStatistics: Tensor, feedForwardStatistics: Tensor
    /// The branches that the gates let through.
    let mixed: Tensor, fed: Tensor
    /// The stream before the feed-forward.
    let x2: Tensor

    /// The same with its large tensors at a precision.
    func converted(to precision: Precision) -> Saved {
      Saved(
        vectors: vectors, attention: attention.converted(to: precision),
        textAttention: textAttention.converted(to: precision),
        feedForward: feedForward.converted(to: precision), attentionStatistics: attentionStatistics,
        textStatistics: textStatistics, feedForwardStatistics: feedForwardStatistics,
        mixed: mixed.converted(to: precision), fed: fed.converted(to: precision),
        x2: x2.converted(to: precision))
    }
  }

  /// - Parameter reading: the text, where this block's attention has read it before.
  func forward(_ x: Tensor, _ context: Context, reading: CrossAttention.Reading? = nil) -> (
    output: Tensor, saved: Saved
  ) {
    let vectors = ModulationVectors(addingRow(table.value, to: context.timeVectors), width: width)
    // x += gate · selfAttention(modulated norm)
    let (normal1, attentionNormSaved) = attentionNorm.forward(x, by: vectors, as: precision)
    let (mixed, attentionSaved) = attention.forward(
      normal1, clips: context.clips, positions: context.positions)
    let x1 = attentionGate.forward(x, mixed, by: vectors).output
    // x += crossAttention(norm, text)
    let (normal2, textNormSaved) = textNorm.forward(x1, as: precision)
    let (x2, textAttentionSaved) = textAttention.forward(
      normal2, reading ?? textAttention.read(context.text), clips: context.clips,
      textLengths: context.textLengths)
    x2.add(x1)
    // x += gate · feedForward(modulated norm)
    let (normal3, feedForwardNormSaved) = feedForwardNorm.forward(x2, by: vectors, as: precision)
    let (fed, feedForwardSaved) = feedForward.forward(normal3)
    let x3 = feedForwardGate.forward(x2, fed, by: vectors).output
    let saved = Saved(
      vectors: vectors, attention: attentionSaved, textAttention: textAttentionSaved,
      feedForward: feedForwardSaved, attentionStatistics: attentionNormSaved.statistics,
      textStatistics: textNormSaved.statistics, feedForwardStatistics: feedForwardNormSaved.statistics,
      mixed: mixed, fed: fed, x2: x2)
    return (x3, saved)
  }

  /// The output of the forward pass that saved this, made again: the next block's input.
  func output(of saved: Saved) -> Tensor {
    feedForwardGate.forward(saved.x2.widened, saved.fed.widened, by: saved.vectors).output
  }

  /// The gradients of what all blocks are given; nil where nobody asks for one.
  struct ContextGradients {
    let time: Tensor?  // [G, 6·D]
    let text: Tensor?  // [B·L, D]
  }

  /// The gradient of the stream; those of the context are added to what other blocks left there. `input` is what forward
  /// was given.
  func backward(
    _ outputGradient: Tensor, _ saved: Saved, input: Tensor, addingTo context: ContextGradients
  ) -> Tensor {
    let vectorsGradient = Tensor(saved.vectors.vectors.shape)
    let slots = ModulationVectors(vectorsGradient, width: width)
    let x2Gradient = backwardFeedForward(outputGradient, saved, into: slots)
    let mixed = saved.mixed.widened
    let x1Gradient = backwardText(
      x2Gradient, saved, x1: attentionGate.forward(input, mixed, by: saved.vectors).output,
      addingTextGradientTo: context.text)
    let xGradient = backwardAttention(x1Gradient, saved, input: input, mixed: mixed, into: slots)
    addColumnSums(of: vectorsGradient, to: table.gradient)
    context.time?.add(vectorsGradient)
    return xGradient
  }

  // One function a branch, so that what each holds is free before the next begins.

  /// x += gate · feedForward(modulated norm)
  private func backwardFeedForward(
    _ outputGradient: Tensor, _ saved: Saved, into slots: ModulationVectors
  ) -> Tensor {
    let normSaved = ModulatedNorm.Saved(input: saved.x2.widened, statistics: saved.feedForwardStatistics)
    let normalGradient = feedForward.backward(
      feedForwardGate.backward(outputGradient, saved.fed.widened, by: saved.vectors, into: slots),
      saved.feedForward.converted(to: .float32),
      input: feedForwardNorm.output(of: normSaved, by: saved.vectors, as: precision))
    return feedForwardNorm.backward(
      normalGradient, normSaved, by: saved.vectors, into: slots, plus: outputGradient)
  }

  /// x += crossAttention(norm, text)
  private func backwardText(
    _ outputGradient: Tensor, _ saved: Saved, x1: Tensor, addingTextGradientTo textGradient: Tensor?
  ) -> Tensor {
    let normSaved = LayerNorm.Saved(input: x1, statistics: saved.textStatistics)
    let gradients = textAttention.backward(
      outputGradient, saved.textAttention.converted(to: .float32),
      input: textNorm.output(of: normSaved, as: precision),
      withTextGradient: textGradient != nil)
    if let textGradient, let gradient = gradients.text { textGradient.add(gradient) }
    return textNorm.backward(gradients.input, normSaved, plus: outputGradient)
  }

  /// x += gate · selfAttention(modulated norm)
  private func backwardAttention(
    _ outputGradient: Tensor, _ saved: Saved, input: Tensor, mixed: Tensor, into slots: ModulationVectors
  ) -> Tensor {
    let normSaved = ModulatedNorm.Saved(input: input, statistics: saved.attentionStatistics)
    let normalGradient = attention.backward(
      attentionGate.backward(outputGradient, mixed, by: saved.vectors, into: slots),
      saved.attention.converted(to: .float32),
      input: attentionNorm.output(of: normSaved, by: saved.vectors, as: precision))
    return attentionNorm.backward(
      normalGradient, normSaved, by: saved.vectors, into: slots, plus: outputGradient)
  }
}
