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

  /// What of a text does not depend on the times.
  struct Text {
    /// Its tokens [B·L, D].
    let tokens: Tensor
    /// Wp mean(text) [B, D], if the model has it.
    let pooled: Tensor?
    /// What backward reads of both, as far as it goes.
    let saved: (input: Tensor, embedding: FeedForward.Saved)?
    let pooledSaved: (mean: TokenMean.Saved, projection: Linear.Saved)?
  }

  /// Text [B·L, text width].
  func read(_ text: Tensor, lengths: [Int]) -> Text {
    let (tokens, embeddingSaved) = textEmbedding.forward(text)
    let saved = needsTextGradient ? (text, embeddingSaved) : nil
    guard let pooledProjection else {
      return Text(tokens: tokens, pooled: nil, saved: saved, pooledSaved: nil)
    }
    let (mean, meanSaved) = textMean.forward(text, lengths: lengths)
    let (pooled, projectionSaved) = pooledProjection.forward(mean)
    return Text(
      tokens: tokens, pooled: pooled, saved: saved,
      pooledSaved: needsTimeGradient ? (meanSaved, projectionSaved) : nil)
  }

  /// Times [G] and a text to the embedding e [G, D] and the six vectors [G, 6·D] of all blocks.
  func forward(_ times: [Double], _ text: Text) -> (embedding: Tensor, vectors: Tensor, saved: Saved) {
    let (a, timeInSaved) = timeIn.forward(sinusoid.forward(times))
    let (b, innerSaved) = activation.forward(a)
    let (embedding, timeOutSaved) = timeOut.forward(b)
    if let pooled = text.pooled { addToGroups(pooled, embedding) }
    let (c, outerSaved) = activation.forward(embedding)
    let (vectors, projectionSaved) = timeProjection.forward(c)
    let times = Saved.Times(
      timeIn: timeInSaved, inner: innerSaved, timeOut: timeOutSaved, pooled: text.pooledSaved,
      outer: outerSaved, projection: projectionSaved)
    let saved = Saved(times: needsTimeGradient ? times : nil, text: text.saved)
    return (embedding, vectors, saved)
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
