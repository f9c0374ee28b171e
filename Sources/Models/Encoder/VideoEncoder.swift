import Layers
import Tensors

/// Sizes of a video encoder.
public struct VideoEncoderConfiguration: Sendable, Equatable {
  /// Which published model it is laid out as.
  public var layout: EncoderLayout
  /// Pixels that one token holds.
  public var patch: PatchSize
  /// Its blocks.
  public var blocks: BlockSizes
  /// Whether a norm stands behind the last block. V-JEPA 2 always has one; VideoMAE's classifiers have none, since they
  /// have their own behind the mean of the tokens.
  public var hasFinalNorm: Bool

  /// Sizes of an encoder.
  public init(layout: EncoderLayout, patch: PatchSize, blocks: BlockSizes, hasFinalNorm: Bool = true) {
    self.layout = layout
    self.patch = patch
    self.blocks = blocks
    self.hasFinalNorm = hasFinalNorm || layout == .vJEPA2
  }

  /// D.
  public var width: Int { blocks.width }
}

/// Clips to tokens that say what they show: the encoder of VideoMAE and of V-JEPA 2, which differ in positions, biases, names
/// and little else.
///
///     tokens = norm(blocks(patches · W + b [+ place]))        clips [B, 3, F, H, W] to [B·n, D]
///
/// A masked model hands in which tokens it sees: the others are never computed. Names of parameters are those of the
/// files that transformers writes (`VideoMAEModel`, `VJEPA2Model`). Takes any frames × height × width that the patch divides.
public struct VideoEncoder {
  /// The sizes.
  public let configuration: VideoEncoderConfiguration
  private let cutter: Patches
  private let patchEmbedding: Linear
  private let sinusoids: SinusoidPositions?
  private let rotary: TiledRotaryPositions?
  private let stack: BlockStack
  private let norm: LayerNorm?
  private let trainsPatches: Bool, trainsNorm: Bool

  /// Registers all parameters in the scope.
  public init(_ scope: Scope, _ configuration: VideoEncoderConfiguration) {
    self.configuration = configuration
    let (layout, patch, width) = (configuration.layout, configuration.patch, configuration.width)
    cutter = Patches(patch, channelsFirst: true)
    let inner = layout == .videoMAE ? scope : scope("encoder")
    let embedding = inner("embeddings")("patch_embeddings")(layout == .videoMAE ? "projection" : "proj")
    let rowSize = 3 * patch.volume
    // PyTorch's own law for convolutions.
    let bound = InitialValue.uniform(1 / Float(rowSize).squareRoot())
    patchEmbedding = Linear(
      embedding, rowSize, width, initial: layout == .videoMAE ? bound : layout.blocks.initial,
      initialBias: layout == .videoMAE ? bound : .constant(0),
      weightShape: [width, 3, patch.frames, patch.height, patch.width])
    sinusoids = layout == .videoMAE ? SinusoidPositions(width: width) : nil
    rotary =
      layout == .vJEPA2 ? TiledRotaryPositions(headWidth: width / configuration.blocks.heads) : nil
    trainsPatches = embedding.isTrained
    let blocks = layout == .videoMAE ? scope("encoder")("layer") : inner("layer")
    stack = BlockStack(
      blocks, layout.blocks, configuration.blocks, rotary: rotary, givesInputGradient: trainsPatches)
    let normScope = inner("layernorm")
    norm =
      configuration.hasFinalNorm ? LayerNorm(normScope, width: width, epsilon: layout.blocks.epsilon) : nil
    trainsNorm = normScope.isTrained
  }

  /// Whether backward changes anything: where it does not, nobody needs the gradient of the tokens.
  public var isTrained: Bool { trainsNorm || stack.reachesBack || trainsPatches }

  /// The grid of tokens of clips [B, 3, F, H, W].
  public func grid(of shape: [Int]) -> TokenGrid { cutter.grid(of: shape) }

  /// What backward reads.
  public struct Saved {
    let patches: Linear.Saved?
    let stack: BlockStack.Saved
    let norm: LayerNorm.Saved?
  }

  /// - Parameters:
  ///   - clips: [B, 3, F, H, W], pixels from −1 to 1.
  ///   - selection: the tokens that are seen, n of each clip; all N if nil.
  ///   - dropPath: which branches of blocks are left out; nil for none.
  public func forward(
    _ clips: Tensor, seeing selection: TokenSelection? = nil, dropPath: DropPath? = nil
  ) -> (tokens: Tensor, saved: Saved) {
    let (rows, context) = begin(clips, selection, dropPath)
    let (stream, patchesSaved) = embed(rows, selection, clips)
    let (output, stackSaved) = stack.forward(stream, context)
    let (tokens, normSaved) = norm.map { $0.forward(output) } ?? (output, nil)
    return (tokens, Saved(patches: trainsPatches ? patchesSaved : nil, stack: stackSaved, norm: normSaved))
  }

  /// The tokens alone: nothing is kept.
  /// - Parameter block: the block behind which they are taken, from 1; the last if nil, behind which the norm stands.
  public func output(
    _ clips: Tensor, seeing selection: TokenSelection? = nil, through block: Int? = nil
  ) -> Tensor {
    let depth = configuration.blocks.depth
    let block = block ?? depth
    precondition(
      (min(1, depth)...depth).contains(block), "an encoder of \(depth) blocks has no block \(block)")
    let (rows, context) = begin(clips, selection, nil)
    let output = stack.output(embed(rows, selection, clips).stream, context, through: block)
    guard let norm, block == depth else { return output }
    return norm.forward(output).output
  }

  /// From the gradient of the tokens [B·n, D] to the parameters'; the clips are data and have none.
  public func backward(_ tokensGradient: Tensor, _ saved: Saved) {
    guard isTrained else { return }
    var gradient = tokensGradient
    if let norm, let normSaved = saved.norm { gradient = norm.backward(gradient, normSaved) }
    guard stack.reachesBack || trainsPatches else { return }
    gradient = stack.backward(gradient, saved.stack)
    if let patches = saved.patches { patchEmbedding.addParameterGradients(gradient, patches) }
  }

  /// The patches that are seen, and what blocks are given beside them.
  private func begin(
    _ clips: Tensor, _ selection: TokenSelection?, _ dropPath: DropPath?
  ) -> (rows: Tensor, context: EncoderBlock.Context) {
    let grid = grid(of: clips.shape)
    let rows = cutter.cut(imageNetNormalized(clips))
    let context = EncoderBlock.Context(
      clips: clips.shape[0], positions: rotary.map { $0.table(grid, at: selection) },
      dropPath: dropPath)
    return (selection.map { $0.forward(rows) } ?? rows, context)
  }

  /// Patches to the stream before the first block.
  private func embed(
    _ rows: Tensor, _ selection: TokenSelection?, _ clips: Tensor
  ) -> (stream: Tensor, saved: Linear.Saved) {
    let (stream, saved) = patchEmbedding.forward(rows)
    sinusoids?.add(
      to: stream,
      at: selection ?? .all(grid(of: clips.shape).tokens, clips: clips.shape[0]))
    return (stream, saved)
  }
}
