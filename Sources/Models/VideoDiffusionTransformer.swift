import Layers
import Tensors

/// Sizes of a video diffusion transformer.
public struct VideoDiffusionTransformerConfiguration: Sendable, Equatable {
  /// C, of the clips (3 for pixels, 16 for Wan's latents).
  public var channels: Int
  /// Pixels that one token holds.
  public var patch: PatchSize
  /// D, the number of blocks, A and M.
  public var width: Int, depth: Int, heads: Int, feedForward: Int
  /// The width of the text encoder's vectors.
  public var textWidth: Int
  /// The width of the time's sinusoid.
  public var frequencyWidth: Int
  /// Adds a projection of the mean text vector to the time's embedding, so that the caption also reaches the modulation
  /// of every block. Not in Wan's layout; small models learn to follow captions much sooner with it.
  public var pooledText: Bool
  /// Adds a fixed code of its place in the clip to each token. Not in Wan's layout, which tells distances only; small models
  /// learn motions much sooner with it.
  public var absolutePositions: Bool
  /// Keeps only each block's input for backward, which computes the rest again: less memory, one more forward pass.
  public var recomputesBlocks: Bool
  /// How what blocks keep for backward lies in memory. bfloat16 takes half the bytes; gradients are then of activations
  /// that are rounded.
  public var savedPrecision: Precision

  /// Sizes of a video diffusion transformer.
  public init(
    channels: Int, patch: PatchSize, width: Int, depth: Int, heads: Int, feedForward: Int, textWidth: Int,
    frequencyWidth: Int = 256, pooledText: Bool = false, absolutePositions: Bool = false,
    recomputesBlocks: Bool = false, savedPrecision: Precision = .float32
  ) {
    self.channels = channels
    self.patch = patch
    self.width = width
    self.depth = depth
    self.heads = heads
    self.feedForward = feedForward
    self.textWidth = textWidth
    self.frequencyWidth = frequencyWidth
    self.pooledText = pooledText
    self.absolutePositions = absolutePositions
    self.recomputesBlocks = recomputesBlocks
    self.savedPrecision = savedPrecision
  }
}

/// The video diffusion transformer of Wan 2.1: a noisy clip, its times and a text to a clip of the same shape.
///
/// Wan Team, "Wan: open and advanced large-scale video generative models", 2025. Names of parameters are those of the
/// published files (`WanTransformer3DModel`). Takes one time for each latent frame (as Wan 2.2), so clean frames can
/// condition the others; and any frames × height × width that the patch divides.
public struct VideoDiffusionTransformer {
  /// The sizes.
  public let configuration: VideoDiffusionTransformerConfiguration
  private let cutter: Patches, joiner: Patches
  private let patchEmbedding: Linear
  private let places: AbsolutePositions?
  private let sinusoid: TimestepSinusoid
  private let timeIn: Linear, timeOut: Linear, timeProjection: Linear
  private let activation = SiLU()
  private let textEmbedding: FeedForward
  private let textMean = TokenMean()
  private let pooledProjection: Linear?
  private let rotary: RotaryPositions
  private let blocks: [DiffusionBlock]
  private let headNorm = ModulatedNorm(shift: 0, scale: 1)
  private let head: Linear
  private let headTable: Parameter  // [1, 2, D]

  /// Registers all parameters in the scope.
  public init(_ scope: Scope, _ configuration: VideoDiffusionTransformerConfiguration) {
    self.configuration = configuration
    let (width, patch) = (configuration.width, configuration.patch)
    precondition(
      width % configuration.heads == 0, "\(configuration.heads) heads do not divide width \(width)")
    let rowSize = configuration.channels * patch.volume
    cutter = Patches(patch, channelsFirst: true)
    joiner = Patches(patch, channelsFirst: false)
    patchEmbedding = Linear(
      scope("patch_embedding"), rowSize, width,
      weightShape: [width, configuration.channels, patch.frames, patch.height, patch.width])
    places = configuration.absolutePositions ? AbsolutePositions(width: width) : nil
    let condition = scope("condition_embedder")
    sinusoid = TimestepSinusoid(width: configuration.frequencyWidth)
    timeIn = Linear(
      condition("time_embedder")("linear_1"), configuration.frequencyWidth, width, initial: .normal(0.02))
    timeOut = Linear(condition("time_embedder")("linear_2"), width, width, initial: .normal(0.02))
    timeProjection = Linear(condition("time_proj"), width, 6 * width)
    textEmbedding = FeedForward(
      widen: condition("text_embedder")("linear_1"), narrow: condition("text_embedder")("linear_2"),
      configuration.textWidth, hidden: width, outputs: width, initial: .normal(0.02))
    pooledProjection =
      configuration.pooledText ? Linear(condition("pooled_text"), configuration.textWidth, width) : nil
    let rotary = RotaryPositions(headWidth: width / configuration.heads)
    self.rotary = rotary
    blocks = (0..<configuration.depth).map {
      DiffusionBlock(scope("blocks")($0), configuration, rotary: rotary)
    }
    headTable = scope.parameter(
      "scale_shift_table", [1, 2, width], .normal(1 / Float(width).squareRoot()), decays: false)
    head = Linear(scope("proj_out"), width, rowSize, initial: .constant(0))
  }

  /// What backward reads.
  public struct Saved {
    let shape: [Int]
    let patchEmbedding: Linear.Saved
    let time: Time.Saved
    let text: Tensor, textEmbedding: FeedForward.Saved
    let context: DiffusionBlock.Context
    /// The first block's input.
    let tokens: Tensor
    let blocks: [SavedBlock]
    let headVectors: ModulationVectors
    let headNorm: ModulatedNorm.Saved
  }

  /// Either all that a block's backward reads beside its input, which is made again from what the block before kept; or
  /// the input, from which all else is computed again.
  enum SavedBlock {
    case whole(DiffusionBlock.Saved)
    case input(Tensor)
  }

  /// - Parameters:
  ///   - clips: [B, C, F, H, W].
  ///   - times: B·t of them, one for each latent frame (after patching) of each clip; 0 is data, 1 is noise.
  ///   - text: [B·L, text width]; `textLengths` says how many of each text's tokens count, all if nil.
  public func forward(
    _ clips: Tensor, times: [Double], text: Tensor, textLengths: [Int]?
  ) -> (output: Tensor, saved: Saved) {
    pass(clips, times: times, text: text, textLengths: textLengths, keepingBlocks: true)
  }

  /// The output alone: what each block saves is dropped before the next one runs.
  public func output(_ clips: Tensor, times: [Double], text: Tensor, textLengths: [Int]?) -> Tensor {
    pass(clips, times: times, text: text, textLengths: textLengths, keepingBlocks: false).output
  }

  private func pass(
    _ clips: Tensor, times: [Double], text: Tensor, textLengths: [Int]?, keepingBlocks: Bool
  ) -> (output: Tensor, saved: Saved) {
    let (batch, grid) = (clips.shape[0], cutter.grid(of: clips.shape))
    precondition(
      times.count == batch * grid.frames, "\(batch) clips of \(grid.frames) latent frames need as many times")
    let (tokens, patchSaved) = patchEmbedding.forward(cutter.cut(clips))  // [B·N, D]
    let (embedding, timeVectors, timeSaved) = embedTimes(
      times, text: text, textLengths: textLengths ?? Array(repeating: text.rows / batch, count: batch))
    let (textTokens, textSaved) = textEmbedding.forward(text)  // [B·L, D]
    let context = DiffusionBlock.Context(
      clips: batch,
      positions: rotary.table(frames: grid.frames, height: grid.height, width: grid.width),
      timeVectors: timeVectors, text: textTokens, textLengths: textLengths)
    let placed = places?.forward(tokens, of: grid) ?? tokens
    var x = placed
    var savedBlocks: [SavedBlock] = []
    for block in blocks {
      let (output, saved) = block.forward(x, context)
      if keepingBlocks {
        let precision = configuration.savedPrecision
        savedBlocks.append(
          configuration.recomputesBlocks
            ? .input(x.converted(to: precision)) : .whole(saved.converted(to: precision)))
      }
      x = output
    }
    let headVectors = ModulationVectors(
      addingRow(headTable.value, to: sideBySide(embedding, embedding)), width: configuration.width)
    let (normal, headNormSaved) = headNorm.forward(x, by: headVectors)
    let rows = head.forward(normal).output  // [B·N, pt·ph·pw·C]
    let saved = Saved(
      shape: clips.shape, patchEmbedding: patchSaved, time: timeSaved, text: text,
      textEmbedding: textSaved, context: context, tokens: placed, blocks: savedBlocks,
      headVectors: headVectors, headNorm: headNormSaved)
    return (joiner.joined(rows, shape: clips.shape), saved)  // [B, C, F, H, W]
  }

  /// From the gradient of the output clip to that of the text [B·L, text width]; the noisy clip is data and has none.
  public func backward(_ outputGradient: Tensor, _ saved: Saved) -> Tensor {
    let headVectorsGradient = Tensor(saved.headVectors.vectors.shape)
    var gradient = backwardHead(outputGradient, saved, vectorsGradient: headVectorsGradient)
    let timeGradient = Tensor.zeros(saved.context.timeVectors.shape)
    let textTokensGradient = Tensor.zeros(saved.context.text.shape)
    for index in blocks.indices.reversed() {
      let input = input(ofBlock: index, saved)
      gradient = blocks[index].backward(
        gradient, whole(index, saved, input: input), input: input, addingTimeGradientTo: timeGradient,
        textGradientTo: textTokensGradient)
    }
    let textGradient = textEmbedding.backward(
      textTokensGradient, saved.textEmbedding, input: saved.text)
    backwardTimes(
      timeGradient, embeddingGradient: halvesAdded(headVectorsGradient), saved.time,
      addingTextGradientTo: textGradient)
    patchEmbedding.addParameterGradients(gradient, saved.patchEmbedding)
    return textGradient
  }

  private func backwardHead(_ outputGradient: Tensor, _ saved: Saved, vectorsGradient: Tensor) -> Tensor {
    let normalGradient = head.backward(
      joiner.cut(outputGradient),
      .init(input: headNorm.output(of: saved.headNorm, by: saved.headVectors)))
    let gradient = headNorm.backward(
      normalGradient, saved.headNorm, by: saved.headVectors,
      into: ModulationVectors(vectorsGradient, width: configuration.width))
    addColumnSums(of: vectorsGradient, to: headTable.gradient)
    return gradient
  }

  /// The stream that a block was given.
  private func input(ofBlock index: Int, _ saved: Saved) -> Tensor {
    if case .input(let input) = saved.blocks[index] { return input.widened }
    guard index > 0, case .whole(let before) = saved.blocks[index - 1] else { return saved.tokens }
    return blocks[index - 1].output(of: before)
  }

  /// All that a block's backward reads.
  private func whole(_ index: Int, _ saved: Saved, input: Tensor) -> DiffusionBlock.Saved {
    switch saved.blocks[index] {
    case .whole(let saved): saved
    case .input: blocks[index].forward(input, saved.context).saved
    }
  }

  // MARK: Times

  /// Names for what `embedTimes` saves.
  enum Time {
    struct Saved {
      let timeIn: Linear.Saved, inner: Tensor, timeOut: Linear.Saved
      let pooled: (mean: TokenMean.Saved, projection: Linear.Saved)?
      let outer: Tensor, projection: Linear.Saved
    }
  }

  /// Times [G] to the embedding e [G, D] and the six vectors [G, 6·D] of all blocks:
  /// e = W₂ silu(W₁ sinusoid(t)) (+ Wp mean(text)), six = Wt silu(e).
  private func embedTimes(
    _ times: [Double], text: Tensor, textLengths: [Int]
  ) -> (embedding: Tensor, vectors: Tensor, saved: Time.Saved) {
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
    let saved = Time.Saved(
      timeIn: timeInSaved, inner: innerSaved, timeOut: timeOutSaved, pooled: pooledSaved, outer: outerSaved,
      projection: projectionSaved)
    return (embedding, vectors, saved)
  }

  private func backwardTimes(
    _ vectorsGradient: Tensor, embeddingGradient: Tensor, _ saved: Time.Saved,
    addingTextGradientTo textGradient: Tensor
  ) {
    let cGradient = timeProjection.backward(vectorsGradient, saved.projection)
    embeddingGradient.add(activation.backward(cGradient, saved.outer))
    if let pooledProjection, let pooled = saved.pooled {
      let pooledGradient = groupSums(embeddingGradient, groups: pooled.mean.texts)
      let meanGradient = pooledProjection.backward(pooledGradient, pooled.projection)
      textGradient.add(textMean.backward(meanGradient, pooled.mean))
    }
    let bGradient = timeOut.backward(embeddingGradient, saved.timeOut)
    timeIn.addParameterGradients(activation.backward(bGradient, saved.inner), saved.timeIn)
  }
}

// MARK: Rows of groups

/// Two tensors [G, D] as one [G, 2·D].
private func sideBySide(_ left: Tensor, _ right: Tensor) -> Tensor {
  let n = left.columns
  let both = Tensor([left.rows, 2 * n])
  parallel(over: left.rows, tile: rowsPerTile(columns: 2 * n)) { range in
    for r in range {
      both.row(r).update(from: left.row(r), count: n)
      (both.row(r) + n).update(from: right.row(r), count: n)
    }
  }
  return both
}

/// [G, 2·D] to the sum of its halves [G, D]: the gradient of what stood on both sides.
private func halvesAdded(_ both: Tensor) -> Tensor {
  let n = both.columns / 2
  let total = Tensor([both.rows, n])
  parallel(over: both.rows, tile: rowsPerTile(columns: n)) { range in
    for r in range {
      let (x, y) = (both.row(r), total.row(r))
      sweep(n) { i, c in store(load(x, i, c) + load(x + n, i, c), y, i, c) }
    }
  }
  return total
}

/// Adds row b of `rows` [B, D] to each of the B equal groups of rows of `x` [G, D].
private func addToGroups(_ rows: Tensor, _ x: Tensor) {
  let size = x.rows / rows.rows
  parallel(over: x.rows, tile: rowsPerTile(columns: x.columns)) { range in
    for r in range {
      let (target, source) = (x.row(r), rows.row(r / size))
      sweep(x.columns) { i, c in store(load(target, i, c) + load(source, i, c), target, i, c) }
    }
  }
}

/// The sums of `groups` equal groups of rows of `x` [G, D]: [groups, D].
private func groupSums(_ x: Tensor, groups: Int) -> Tensor {
  let sums = Tensor.zeros([groups, x.columns])
  let size = x.rows / groups
  parallel(over: groups, tile: 1) { range in
    for group in range {
      let target = sums.row(group)
      for r in group * size..<(group + 1) * size {
        let source = x.row(r)
        sweep(x.columns) { i, c in store(load(target, i, c) + load(source, i, c), target, i, c) }
      }
    }
  }
  return sums
}
