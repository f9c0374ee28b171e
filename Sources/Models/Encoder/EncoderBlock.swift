import Layers
import Tensors

/// One block of a transformer over tokens, with the norms in front.
///
///     x += attention(LN₁(x))
///     x += feedForward(LN₂(x))        x [B·n, D], exact GELU
///
/// Where a run drops paths, each branch of a clip is left out with the block's probability in training, and divided by the
/// share that stays (Huang et al., "Deep networks with stochastic depth", 2016).
struct EncoderBlock {
  let index: Int
  let attentionNorm: LayerNorm, feedForwardNorm: LayerNorm
  let attention: MultiHeadAttention
  let feedForward: FeedForward

  /// Registers the block's parameters under the names of the layout.
  /// - Parameter index: the block's place, from 0.
  init(
    _ scope: Scope, _ layout: BlockLayout, index: Int, width: Int, heads: Int, feedForward hidden: Int,
    rotary: TiledRotaryPositions?
  ) {
    self.index = index
    let names = BlockNames(scope, layout)
    let (initial, initialOutput) = (layout.initial, layout.initialOutput(block: index))
    func projection(_ place: BlockNames.Projection, _ initial: InitialValue) -> Linear {
      Linear(
        place.weight, width, width, bias: place.bias != nil, biasPlace: place.bias, initial: initial)
    }
    attentionNorm = LayerNorm(names.attentionNorm, width: width, epsilon: layout.epsilon)
    attention = MultiHeadAttention(
      query: projection(names.query, initial), key: projection(names.key, initial),
      value: projection(names.value, initial), output: projection(names.output, initialOutput),
      heads: heads, rotary: rotary)
    feedForwardNorm = LayerNorm(names.feedForwardNorm, width: width, epsilon: layout.epsilon)
    feedForward = FeedForward(
      widen: names.widen, narrow: names.narrow, width, hidden: hidden, outputs: width, initial: initial,
      initialNarrow: initialOutput, activation: ErfGELU())
  }

  /// What each block is given beside the stream.
  struct Context {
    /// B.
    let clips: Int
    /// The angles of the tokens, for layouts with rotary positions.
    var positions: TiledRotaryPositions.Table?
    /// Which branches of which clips are left out; nil for none.
    var dropPath: DropPath?
  }

  /// What backward reads beside the input. Outputs of norms are made again.
  struct Saved {
    let attention: MultiHeadAttention.Saved, feedForward: FeedForward.Saved
    /// Of both norms: mean and deviation of each row.
    let attentionStatistics: Tensor, feedForwardStatistics: Tensor
    /// The stream between the branches, and the branch that was added to it.
    let middle: Tensor, fed: Tensor

    /// The same with its large tensors at a precision.
    func converted(to precision: Precision) -> Saved {
      Saved(
        attention: attention.converted(to: precision), feedForward: feedForward.converted(to: precision),
        attentionStatistics: attentionStatistics, feedForwardStatistics: feedForwardStatistics,
        middle: middle.converted(to: precision), fed: fed.converted(to: precision))
    }
  }

  /// x [B·n, D] to the stream behind the block.
  func forward(_ x: Tensor, _ context: Context) -> (output: Tensor, saved: Saved) {
    // x += attention(LN₁(x))
    let (normal1, norm1Saved) = attentionNorm.forward(x, as: attention.query.precision)
    let (middle, attentionSaved) = attention.forward(
      normal1, clips: context.clips, positions: context.positions)
    if let factors = factors(context, branch: 0) { scaleGroups(middle, by: factors) }
    middle.add(x)
    // x += feedForward(LN₂(x))
    let (normal2, norm2Saved) = feedForwardNorm.forward(middle, as: feedForward.widen.precision)
    let (fed, feedForwardSaved) = feedForward.forward(normal2)
    if let factors = factors(context, branch: 1) { scaleGroups(fed, by: factors) }
    let saved = Saved(
      attention: attentionSaved, feedForward: feedForwardSaved, attentionStatistics: norm1Saved.statistics,
      feedForwardStatistics: norm2Saved.statistics, middle: middle, fed: fed)
    return (middle + fed, saved)
  }

  /// The output of the forward pass that saved this, made again: the next block's input.
  func output(of saved: Saved) -> Tensor { saved.middle.widened + saved.fed.widened }

  /// The gradient of the stream; `input` and `context` are what forward was given.
  func backward(_ outputGradient: Tensor, _ saved: Saved, input: Tensor, _ context: Context) -> Tensor {
    let middleGradient = backwardFeedForward(outputGradient, saved, context)
    let normSaved = LayerNorm.Saved(input: input, statistics: saved.attentionStatistics)
    let normalGradient = attention.backward(
      scaled(middleGradient, context, branch: 0), saved.attention.converted(to: .float32),
      input: attentionNorm.output(of: normSaved, as: attention.query.precision), positions: context.positions)
    return attentionNorm.backward(normalGradient, normSaved, plus: middleGradient)
  }

  /// A function of its own, so that what it holds is free before attention's backward begins.
  private func backwardFeedForward(_ outputGradient: Tensor, _ saved: Saved, _ context: Context) -> Tensor {
    let normSaved = LayerNorm.Saved(input: saved.middle.widened, statistics: saved.feedForwardStatistics)
    let normalGradient = feedForward.backward(
      scaled(outputGradient, context, branch: 1), saved.feedForward.converted(to: .float32),
      input: feedForwardNorm.output(of: normSaved, as: feedForward.widen.precision))
    return feedForwardNorm.backward(normalGradient, normSaved, plus: outputGradient)
  }

  /// A branch's gradient: that of the stream times each clip's factor.
  private func scaled(_ gradient: Tensor, _ context: Context, branch: Int) -> Tensor {
    guard let factors = factors(context, branch: branch) else { return gradient }
    let scaled = gradient.copied()
    scaleGroups(scaled, by: factors)
    return scaled
  }

  /// What a branch of each clip is multiplied by; nil where none is left out.
  private func factors(_ context: Context, branch: Int) -> [Float]? {
    guard let dropPath = context.dropPath, dropPath.rate(ofBlock: index) > 0 else { return nil }
    return dropPath.factors(block: index, branch: branch, clips: context.clips)
  }
}
