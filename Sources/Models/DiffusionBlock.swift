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

  /// What backward reads. The norms' outputs are not among it: they are made again from the norms' inputs.
  struct Saved {
    let vectors: ModulationVectors
    let attentionNorm: ModulatedNorm.Saved, attention: SelfAttention.Saved, attentionGate: Tensor
    let textNorm: LayerNorm.Saved, textAttention: CrossAttention.Saved
    let feedForwardNorm: ModulatedNorm.Saved, feedForward: FeedForward.Saved, feedForwardGate: Tensor
  }

  func forward(_ x: Tensor, _ context: Context) -> (output: Tensor, saved: Saved) {
    let vectors = ModulationVectors(addingRow(table.value, to: context.timeVectors), width: width)
    // x += gate · selfAttention(modulated norm)
    let (normal1, attentionNormSaved) = attentionNorm.forward(x, by: vectors)
    let (mixed, attentionSaved) = attention.forward(
      normal1, clips: context.clips, positions: context.positions)
    let (x1, attentionGateSaved) = attentionGate.forward(x, mixed, by: vectors)
    // x += crossAttention(norm, text)
    let (normal2, textNormSaved) = textNorm.forward(x1)
    let (x2, textAttentionSaved) = textAttention.forward(
      normal2, text: context.text, clips: context.clips, textLengths: context.textLengths)
    x2.add(x1)
    // x += gate · feedForward(modulated norm)
    let (normal3, feedForwardNormSaved) = feedForwardNorm.forward(x2, by: vectors)
    let (fed, feedForwardSaved) = feedForward.forward(normal3)
    let (x3, feedForwardGateSaved) = feedForwardGate.forward(x2, fed, by: vectors)
    let saved = Saved(
      vectors: vectors, attentionNorm: attentionNormSaved, attention: attentionSaved,
      attentionGate: attentionGateSaved, textNorm: textNormSaved, textAttention: textAttentionSaved,
      feedForwardNorm: feedForwardNormSaved, feedForward: feedForwardSaved,
      feedForwardGate: feedForwardGateSaved)
    return (x3, saved)
  }

  /// The gradient of the stream; those of the time's vectors and of the text are added to what other blocks left there.
  func backward(
    _ outputGradient: Tensor, _ saved: Saved, addingTimeGradientTo timeGradient: Tensor,
    textGradientTo textGradient: Tensor
  ) -> Tensor {
    let vectorsGradient = Tensor(timeGradient.shape)
    let slots = ModulationVectors(vectorsGradient, width: width)
    // x += gate · feedForward(modulated norm)
    let fedGradient = feedForwardGate.backward(
      outputGradient, saved.feedForwardGate, by: saved.vectors, into: slots)
    let normal3Gradient = feedForward.backward(
      fedGradient, saved.feedForward,
      input: feedForwardNorm.output(of: saved.feedForwardNorm, by: saved.vectors))
    let x2Gradient = feedForwardNorm.backward(
      normal3Gradient, saved.feedForwardNorm, by: saved.vectors, into: slots, plus: outputGradient)
    // x += crossAttention(norm, text)
    let (normal2Gradient, readTextGradient) = textAttention.backward(
      x2Gradient, saved.textAttention, input: textNorm.output(of: saved.textNorm))
    textGradient.add(readTextGradient)
    let x1Gradient = textNorm.backward(normal2Gradient, saved.textNorm, plus: x2Gradient)
    // x += gate · selfAttention(modulated norm)
    let mixedGradient = attentionGate.backward(
      x1Gradient, saved.attentionGate, by: saved.vectors, into: slots)
    let normal1Gradient = attention.backward(
      mixedGradient, saved.attention,
      input: attentionNorm.output(of: saved.attentionNorm, by: saved.vectors))
    let xGradient = attentionNorm.backward(
      normal1Gradient, saved.attentionNorm, by: saved.vectors, into: slots, plus: x1Gradient)
    addColumnSums(of: vectorsGradient, to: table.gradient)
    timeGradient.add(vectorsGradient)
    return xGradient
  }
}

/// `rows` [G, n] with `row` (n numbers of any shape) added to each.
func addingRow(_ row: Tensor, to rows: Tensor) -> Tensor {
  let sum = Tensor(rows.shape)
  let n = rows.columns
  parallel(over: rows.rows, tile: rowsPerTile(columns: n)) { range in
    for r in range {
      let (x, y) = (rows.row(r), sum.row(r))
      sweep(n) { i, c in store(load(x, i, c) + load(row.pointer, i, c), y, i, c) }
    }
  }
  return sum
}
