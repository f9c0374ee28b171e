import Layers
import Tensors

/// The sizes of a stack of equal blocks, and what it keeps for backward.
public struct BlockSizes: Sendable, Equatable {
  /// D, the number of blocks, A and M.
  public var width: Int, depth: Int, heads: Int, feedForward: Int
  /// Keeps only each block's input for backward, which computes the rest again.
  public var recomputesBlocks: Bool
  /// How what blocks keep for backward lies in memory.
  public var savedPrecision: Precision

  /// Sizes of a stack.
  public init(
    width: Int, depth: Int, heads: Int, feedForward: Int, recomputesBlocks: Bool = false,
    savedPrecision: Precision = .float32
  ) {
    self.width = width
    self.depth = depth
    self.heads = heads
    self.feedForward = feedForward
    self.recomputesBlocks = recomputesBlocks
    self.savedPrecision = savedPrecision
  }
}

/// Equal blocks one behind the other: the trunk of encoders, decoders and predictors.
///
/// The way back ends at the lowest block that is trained, unless somebody asks for the gradient of the stack's input.
struct BlockStack {
  private let blocks: [EncoderBlock]
  private let spans: [ParameterSpan]
  private let sizes: BlockSizes
  /// The lowest block that backward comes to; the number of blocks if it comes to none.
  private let firstBlock: Int

  /// Registers `scope.0`, `scope.1`, ….
  ///
  /// - Parameter givesInputGradient: whether anything before the stack is trained.
  init(
    _ scope: Scope, _ layout: BlockLayout, _ sizes: BlockSizes, rotary: TiledRotaryPositions? = nil,
    givesInputGradient: Bool
  ) {
    self.sizes = sizes
    blocks = (0..<sizes.depth).map {
      EncoderBlock(
        scope($0), layout, index: $0, width: sizes.width, heads: sizes.heads,
        feedForward: sizes.feedForward, rotary: rotary)
    }
    spans = blocks.indices.map { scope($0).span }
    firstBlock =
      givesInputGradient
      ? 0 : (0..<sizes.depth).first { scope($0).isTrained } ?? sizes.depth
  }

  /// Whether backward comes to any block, or passes the stack.
  var reachesBack: Bool { firstBlock < blocks.count }

  /// What backward reads.
  struct Saved {
    let context: EncoderBlock.Context
    /// The input of the lowest block that backward comes to; nil where blocks keep their inputs.
    let stream: Tensor?
    /// Of that block and those above it, in order.
    let blocks: [SavedBlock]
  }

  /// Either all that a block's backward reads beside its input, or the input, from which all else is computed again.
  enum SavedBlock {
    case whole(EncoderBlock.Saved)
    case input(Tensor)
  }

  /// x [B·n, D] to the stream behind the last block.
  func forward(_ x: Tensor, _ context: EncoderBlock.Context) -> (output: Tensor, saved: Saved) {
    var (x, stream): (Tensor, Tensor?) = (x, nil)
    var kept: [SavedBlock] = []
    for (index, block) in blocks.enumerated() {
      if index == firstBlock, !sizes.recomputesBlocks { stream = x }
      let (output, saved) = block.forward(x, context)
      if index >= firstBlock {
        kept.append(
          sizes.recomputesBlocks
            ? .input(x.converted(to: sizes.savedPrecision))
            : .whole(saved.converted(to: sizes.savedPrecision)))
      }
      x = output
    }
    return (x, Saved(context: context, stream: stream, blocks: kept))
  }

  /// The output alone: what a block saves is dropped before the next one runs.
  /// - Parameter count: how many blocks it goes through; all of them if nil.
  func output(_ x: Tensor, _ context: EncoderBlock.Context, through count: Int? = nil) -> Tensor {
    var x = x
    for block in blocks.prefix(count ?? blocks.count) { x = block.forward(x, context).output }
    return x
  }

  /// From the gradient of the output to that of the stream before the lowest block that is trained: the stack's input, if
  /// that was asked for.
  func backward(_ outputGradient: Tensor, _ saved: Saved) -> Tensor {
    var gradient = outputGradient
    for index in (firstBlock..<blocks.count).reversed() {
      let input = input(ofBlock: index, saved)
      gradient = blocks[index].backward(
        gradient, whole(index, saved, input: input), input: input, saved.context)
      spans[index].gradientsAreComplete()
    }
    return gradient
  }

  /// The stream that a block was given.
  private func input(ofBlock index: Int, _ saved: Saved) -> Tensor {
    let place = index - firstBlock
    if case .input(let input) = saved.blocks[place] { return input.widened }
    if place > 0, case .whole(let before) = saved.blocks[place - 1] {
      return blocks[index - 1].output(of: before)
    }
    guard let stream = saved.stream else { preconditionFailure("backward comes to no block") }
    return stream
  }

  /// All that a block's backward reads.
  private func whole(_ index: Int, _ saved: Saved, input: Tensor) -> EncoderBlock.Saved {
    switch saved.blocks[index - firstBlock] {
    case .whole(let saved): saved
    case .input: blocks[index].forward(input, saved.context).saved
    }
  }
}
