import Layers
import Tensors

/// What the blocks of a video diffusion transformer are told beside the clip: its times and its text.
///
///     e = W₂ silu(W₁ sinusoid(t)) (+ Wp mean(text)),   six = Wt silu(e),   tokens = V₂ gelu(V₁ text)
///
/// One time for each of G groups of tokens. Wan's `condition_embedder`, whose names the parameters have; the projection of
/// the mean text vector is an addition.
struct ConditionEmbedding {
  private let sinusoid: TimestepSinusoid
  private let timeIn: Linear, timeOut: Linear, timeProjection: Linear
  private let activation = SiLU()
  private let textEmbedding: FeedForward
  private let textMean = TokenMean()
  private let pooledProjection: Linear?
  /// Whether somebody asks for the gradient of the text.
  private let givesTextGradient: Bool
  /// Whether backward is to be given the gradients of the embedding and the vectors, and that of the text tokens: where
  /// nothing behind them is trained and nobody asks for more, they are not computed.
  let needsTimeGradient: Bool, needsTextGradient: Bool

  init(_ scope: Scope, _ sizes: VideoDiffusionTransformerConfiguration, givesTextGradient: Bool) {
    let width = sizes.width
    sinusoid = TimestepSinusoid(width: sizes.frequencyWidth)
    timeIn = Linear(
      scope("time_embedder")("linear_1"), sizes.frequencyWidth, width, initial: .normal(0.02))
    timeOut = Linear(scope("time_embedder")("linear_2"), width, width, initial: .normal(0.02))
    timeProjection = Linear(scope("time_proj"), width, 6 * width)
    textEmbedding = FeedForward(
      widen: scope("text_embedder")("linear_1"), narrow: scope("text_embedder")("linear_2"),
      sizes.textWidth, hidden: width, outputs: width, initial: .normal(0.02))
    pooledProjection = sizes.pooledText ? Linear(scope("pooled_text"), sizes.textWidth, width) : nil
    self.givesTextGradient = givesTextGradient
    needsTimeGradient =
      scope("time_embedder").isTrained || scope("time_proj").isTrained || scope("pooled_text").isTrained
      || (givesTextGradient && sizes.pooledText)
    needsTextGradient = scope("text_embedder").isTrained || givesTextGradient
  }

  /// What backward reads, as far as it goes.
  struct Saved {
    let times: Times?
    let text: (input: Tensor, embedding: FeedForward.Saved)?

    struct Times {
      let timeIn: Linear.Saved, inner: Tensor, timeOut: Linear.Saved
      let pooled: (mean: TokenMean.Saved, projection: Linear.Saved)?
      let outer: Tensor, projection: Linear.Saved
    }
  }

  /// Times [G] and text [B·L, text width] to the embedding e [G, D], the six vectors [G, 6·D] of all blocks and the text
  /// tokens [B·L, D].
  func forward(_ times: [Double], text: Tensor, textLengths: [Int]) -> (
    embedding: Tensor, vectors: Tensor, text: Tensor, saved: Saved
  ) {
    let (a, timeInSaved) = timeIn.forward(sinusoid.forward(times))
    let (b, innerSaved) = activation.forward(a)
    let (embedding, timeOutSaved) = timeOut.forward(b)
    var pooledSaved: (TokenMean.Saved, Linear.Saved)?
    if let pooledProjection {
      let (mean, meanSaved) = textMean.forward(text, lengths: textLengths)
      let (pooled, projectionSaved) = pooledProjection.forward(mean)
      addToGroups(pooled, embedding)
      pooledSaved = (meanSaved, projectionSaved)
    }
    let (c, outerSaved) = activation.forward(embedding)
    let (vectors, projectionSaved) = timeProjection.forward(c)
    let (tokens, textSaved) = textEmbedding.forward(text)
    let times = Saved.Times(
      timeIn: timeInSaved, inner: innerSaved, timeOut: timeOutSaved, pooled: pooledSaved, outer: outerSaved,
      projection: projectionSaved)
    let saved = Saved(
      times: needsTimeGradient ? times : nil, text: needsTextGradient ? (text, textSaved) : nil)
    return (embedding, vectors, tokens, saved)
  }

  /// From the gradients of what forward returned, those that are needed, to that of the text [B·L, text width], if
  /// somebody asks for it.
  func backward(embedding: Tensor?, vectors: Tensor?, text: Tensor?, _ saved: Saved) -> Tensor? {
    var textGradient: Tensor?
    if let text, let (input, embeddingSaved) = saved.text {
      if givesTextGradient {
        textGradient = textEmbedding.backward(text, embeddingSaved, input: input)
      } else {
        textEmbedding.addParameterGradients(text, embeddingSaved, input: input)
      }
    }
    if let embedding, let vectors, let times = saved.times {
      backwardTimes(vectors, embeddingGradient: embedding, times, addingTextGradientTo: textGradient)
    }
    return textGradient
  }

  private func backwardTimes(
    _ vectorsGradient: Tensor, embeddingGradient: Tensor, _ saved: Saved.Times,
    addingTextGradientTo textGradient: Tensor?
  ) {
    let cGradient = timeProjection.backward(vectorsGradient, saved.projection)
    embeddingGradient.add(activation.backward(cGradient, saved.outer))
    if let pooledProjection, let pooled = saved.pooled {
      let pooledGradient = groupSums(embeddingGradient, groups: pooled.mean.texts)
      if let textGradient {
        let meanGradient = pooledProjection.backward(pooledGradient, pooled.projection)
        textGradient.add(textMean.backward(meanGradient, pooled.mean))
      } else {
        pooledProjection.addParameterGradients(pooledGradient, pooled.projection)
      }
    }
    let bGradient = timeOut.backward(embeddingGradient, saved.timeOut)
    timeIn.addParameterGradients(activation.backward(bGradient, saved.inner), saved.timeIn)
  }
}
