import Layers
import Tensors

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
  private let condition: ConditionEmbedding
  private let rotary: RotaryPositions
  private let blocks: [DiffusionBlock]
  private let spans: [ParameterSpan]
  private let headNorm = ModulatedNorm(shift: 0, scale: 1)
  private let head: Linear
  private let headTable: Parameter  // [1, 2, D]
  private let reach: GradientReach

  /// Registers all parameters in the scope.
  ///
  /// - Parameter givesTextGradient: false where nobody reads the gradient of the text, which then is not computed.
  public init(
    _ scope: Scope, _ configuration: VideoDiffusionTransformerConfiguration, givesTextGradient: Bool = true
  ) {
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
    condition = ConditionEmbedding(
      scope("condition_embedder"), configuration, givesTextGradient: givesTextGradient)
    let rotary = RotaryPositions(headWidth: width / configuration.heads)
    self.rotary = rotary
    blocks = (0..<configuration.depth).map {
      DiffusionBlock(scope("blocks")($0), configuration, rotary: rotary)
    }
    spans = blocks.indices.map { scope("blocks")($0).span }
    headTable = scope.parameter(
      "scale_shift_table", [1, 2, width], .normal(1 / Float(width).squareRoot()), decays: false)
    head = Linear(scope("proj_out"), width, rowSize, initial: .constant(0))
    reach = GradientReach(
      condition: condition, patches: scope("patch_embedding").isTrained,
      blocks: (0..<configuration.depth).map { scope("blocks")($0).isTrained },
      headTable: !headTable.entry.isFrozen)
  }

  /// What backward reads.
  public struct Saved {
    let shape: [Int]
    let patchEmbedding: Linear.Saved?
    let condition: ConditionEmbedding.Saved
    let context: DiffusionBlock.Context
    /// The input of the lowest block that backward comes to, if it comes to one.
    let stream: Tensor?
    /// Of that block and those above it, in order.
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
    pass(
      clips, times: times, condition.read(text, lengths: lengths(textLengths, text, clips)), textLengths,
      keepingFrom: reach.firstBlock)
  }

  /// The output alone: what each block saves is dropped before the next one runs.
  public func output(_ clips: Tensor, times: [Double], text: Tensor, textLengths: [Int]?) -> Tensor {
    pass(
      clips, times: times, condition.read(text, lengths: lengths(textLengths, text, clips)), textLengths,
      keepingFrom: blocks.count
    ).output
  }

  /// A text as all blocks have read it: what stays the same over the steps of a sampler.
  public struct Reading {
    let text: ConditionEmbedding.Text
    let textLengths: [Int]?
    let blocks: [CrossAttention.Reading]
  }

  /// Has all blocks read B texts [B·L, text width], for passes that have no way back.
  public func read(_ text: Tensor, textLengths: [Int]) -> Reading {
    let read = condition.read(text, lengths: textLengths)
    let tokens = read.tokens.converted(to: head.precision)
    return Reading(
      text: read, textLengths: textLengths, blocks: blocks.map { $0.textAttention.read(tokens) })
  }

  /// The output alone, for texts that were read before.
  public func output(_ clips: Tensor, times: [Double], _ reading: Reading) -> Tensor {
    pass(
      clips, times: times, reading.text, reading.textLengths, readings: reading.blocks,
      keepingFrom: blocks.count
    ).output
  }

  /// The stream behind a block, from 1: the tokens [B·N, D] in the order t, h, w. What the other arguments are `forward` says.
  public func tokens(
    _ clips: Tensor, times: [Double], text: Tensor, textLengths: [Int]?, behind block: Int
  ) -> Tensor {
    precondition(
      (1...blocks.count).contains(block), "a transformer of \(blocks.count) blocks has no block \(block)")
    let read = condition.read(text, lengths: lengths(textLengths, text, clips))
    let (tokens, context, _, _, _) = begin(clips, times: times, read, textLengths)
    return run(tokens, context, through: block, keepingFrom: block).output
  }

  /// How many tokens of each text count: all of them unless something else is said.
  private func lengths(_ textLengths: [Int]?, _ text: Tensor, _ clips: Tensor) -> [Int] {
    textLengths ?? Array(repeating: text.rows / clips.shape[0], count: clips.shape[0])
  }

  private func pass(
    _ clips: Tensor, times: [Double], _ text: ConditionEmbedding.Text, _ textLengths: [Int]?,
    readings: [CrossAttention.Reading]? = nil, keepingFrom firstKept: Int
  ) -> (output: Tensor, saved: Saved) {
    let (tokens, context, embedding, patchSaved, conditionSaved) = begin(
      clips, times: times, text, textLengths)
    let (x, stream, savedBlocks) = run(
      tokens, context, readings: readings, through: blocks.count, keepingFrom: firstKept)
    let headVectors = ModulationVectors(
      addingRow(headTable.value, to: sideBySide(embedding, embedding)), width: configuration.width)
    let (normal, headNormSaved) = headNorm.forward(x, by: headVectors, as: head.precision)
    let rows = head.forward(normal).output  // [B·N, pt·ph·pw·C]
    let saved = Saved(
      shape: clips.shape, patchEmbedding: patchSaved, condition: conditionSaved,
      context: context, stream: stream, blocks: savedBlocks, headVectors: headVectors,
      headNorm: headNormSaved)
    return (joiner.joined(rows, shape: clips.shape), saved)  // [B, C, F, H, W]
  }

  /// Clips, times and text to what the first block is given.
  private func begin(
    _ clips: Tensor, times: [Double], _ text: ConditionEmbedding.Text, _ textLengths: [Int]?
  ) -> (
    tokens: Tensor, context: DiffusionBlock.Context, embedding: Tensor, patchSaved: Linear.Saved?,
    conditionSaved: ConditionEmbedding.Saved
  ) {
    let (batch, grid) = (clips.shape[0], cutter.grid(of: clips.shape))
    precondition(
      times.count == batch * grid.frames, "\(batch) clips of \(grid.frames) latent frames need as many times")
    let (tokens, allOfPatches) = patchEmbedding.forward(cutter.cut(clips))  // [B·N, D]
    let patchSaved = reach.patches ? allOfPatches : nil
    let (embedding, timeVectors, conditionSaved) = condition.forward(times, text)
    let context = DiffusionBlock.Context(
      clips: batch,
      positions: rotary.table(frames: grid.frames, height: grid.height, width: grid.width),
      timeVectors: timeVectors, text: text.tokens.converted(to: head.precision), textLengths: textLengths)
    return (
      places?.forward(tokens, of: grid) ?? tokens, context, embedding, patchSaved, conditionSaved
    )
  }

  /// Runs through the first `count` blocks. From block `firstKept` on, counted from 0, it is kept what backward reads; also
  /// that block's input.
  private func run(
    _ tokens: consuming Tensor, _ context: DiffusionBlock.Context,
    readings: [CrossAttention.Reading]? = nil, through count: Int, keepingFrom firstKept: Int
  ) -> (output: Tensor, stream: Tensor?, saved: [SavedBlock]) {
    var x = tokens
    var stream: Tensor?
    var savedBlocks: [SavedBlock] = []
    for (index, block) in blocks.prefix(count).enumerated() {
      if index == firstKept { stream = x }
      let (output, saved) = block.forward(x, context, reading: readings?[index])
      if index >= firstKept {
        let precision = configuration.savedPrecision
        savedBlocks.append(
          configuration.recomputesBlocks
            ? .input(x.converted(to: precision)) : .whole(saved.converted(to: precision)))
      }
      x = output
    }
    return (x, stream, savedBlocks)
  }

  /// From the gradient of the output clip to that of the text [B·L, text width], unless the transformer was told that
  /// nobody reads it; the noisy clip is data and has none. Ends at the lowest block that is trained.
  @discardableResult
  public func backward(_ outputGradient: Tensor, _ saved: Saved) -> Tensor? {
    guard let head = backwardHead(outputGradient, saved) else { return nil }
    var gradient = head.stream
    let context = DiffusionBlock.ContextGradients(
      time: reach.time ? Tensor.zeros(saved.context.timeVectors.shape) : nil,
      text: reach.text ? Tensor.zeros(saved.context.text.shape) : nil)
    for index in (reach.firstBlock..<blocks.count).reversed() {
      let input = input(ofBlock: index, saved)
      gradient = blocks[index].backward(
        gradient, whole(index, saved, input: input), input: input, addingTo: context)
      spans[index].gradientsAreComplete()
    }
    if let patches = saved.patchEmbedding { patchEmbedding.addParameterGradients(gradient, patches) }
    return condition.backward(
      embedding: reach.time ? halvesAdded(head.vectors) : nil, vectors: context.time, text: context.text,
      saved.condition)
  }

  /// The gradients of the stream and of the head's vectors, if anything before the head is to be given one.
  private func backwardHead(_ outputGradient: Tensor, _ saved: Saved) -> (stream: Tensor, vectors: Tensor)? {
    let rowsGradient = joiner.cut(outputGradient)
    let headSaved = Linear.Saved(
      input: headNorm.output(of: saved.headNorm, by: saved.headVectors, as: head.precision))
    guard reach.passesHead else {
      head.addParameterGradients(rowsGradient, headSaved)
      return nil
    }
    let vectorsGradient = Tensor(saved.headVectors.vectors.shape)
    let gradient = headNorm.backward(
      head.backward(rowsGradient, headSaved), saved.headNorm, by: saved.headVectors,
      into: ModulationVectors(vectorsGradient, width: configuration.width))
    addColumnSums(of: vectorsGradient, to: headTable.gradient)
    return (gradient, vectorsGradient)
  }

  /// The stream that a block was given.
  private func input(ofBlock index: Int, _ saved: Saved) -> Tensor {
    let place = index - reach.firstBlock
    if case .input(let input) = saved.blocks[place] { return input.widened }
    if place > 0, case .whole(let before) = saved.blocks[place - 1] {
      return blocks[index - 1].output(of: before)
    }
    guard let stream = saved.stream else { preconditionFailure("backward comes to no block") }
    return stream
  }

  /// All that a block's backward reads.
  private func whole(_ index: Int, _ saved: Saved, input: Tensor) -> DiffusionBlock.Saved {
    switch saved.blocks[index - reach.firstBlock] {
    case .whole(let saved): saved
    case .input: blocks[index].forward(input, saved.context).saved
    }
  }
}
