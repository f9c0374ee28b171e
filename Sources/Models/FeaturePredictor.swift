import Layers
import Tensors

/// From the features of tokens that an encoder saw to those of tokens that it did not see: V-JEPA 2's predictor.
///
///     x = [W_e features + b_e | mask token of the kind],   y = W_p norm(blocks(x) at the targets) + b_p
///
/// Features [B·n, D] to y [B·m, D]. Blocks tell places by rotary positions, so that the order of tokens is nothing to them:
/// the authors' code sorts tokens by place, here the context stands before the targets. Names of parameters are those of
/// transformers' `VJEPA2Model`, under `predictor`.
public struct FeaturePredictor {
  private let embedding: Linear
  private let maskTokens: Parameter  // [kinds, 1, 1, Dp]
  private let rotary: TiledRotaryPositions
  private let stack: BlockStack
  private let norm: LayerNorm
  private let projection: Linear
  private let width: Int

  /// Registers all parameters in the scope.
  ///
  /// - Parameters:
  ///   - features: D, the width of the encoder's tokens.
  ///   - kinds: how many kinds of mask there are, each with a mask token of its own.
  public init(_ scope: Scope, features: Int, kinds: Int, _ sizes: BlockSizes) {
    let layout = BlockLayout.vJEPA2
    width = sizes.width
    maskTokens = scope("embeddings").parameter(
      "mask_tokens", [kinds, 1, 1, width], .constant(0), decays: false)
    embedding = Linear(
      scope("embeddings")("predictor_embeddings"), features, width, initial: layout.initial)
    rotary = TiledRotaryPositions(headWidth: width / sizes.heads)
    stack = BlockStack(scope("layer"), layout, sizes, rotary: rotary, givesInputGradient: true)
    norm = LayerNorm(scope("layernorm"), width: width, epsilon: layout.epsilon)
    projection = Linear(scope("proj"), width, features, initial: layout.initial)
  }

  /// What is asked of the predictor: the tokens whose features it is given, and those whose features it is to tell.
  public struct Question {
    /// n and m tokens of each of B clips, which have the same number of tokens.
    public let context: TokenSelection, targets: TokenSelection
    /// The grid of a clip's tokens.
    public let grid: TokenGrid
    /// The kind of mask, which chooses the mask token.
    public let kind: Int

    /// A question about some clips.
    public init(context: TokenSelection, targets: TokenSelection, grid: TokenGrid, kind: Int) {
      precondition(
        context.clips == targets.clips && context.tokens == grid.tokens && targets.tokens == grid.tokens,
        "context and targets are of the same clips")
      self.context = context
      self.targets = targets
      self.grid = grid
      self.kind = kind
    }

    /// Context and targets of each clip, one behind the other.
    fileprivate var all: TokenSelection {
      TokenSelection(zip(context.places, targets.places).map { $0 + $1 }, of: grid.tokens)
    }
  }

  /// What backward reads.
  public struct Saved {
    let clips: Int, seen: Int, kind: Int
    let embedding: Linear.Saved
    let stack: BlockStack.Saved
    let norm: LayerNorm.Saved
  }

  /// Features of the context [B·n, D] to those at the targets [B·m, D].
  public func forward(_ features: Tensor, _ question: Question) -> (output: Tensor, saved: Saved) {
    let (rows, context) = begin(features, question)
    let (stream, stackSaved) = stack.forward(rows, context)
    let (normal, normSaved) = norm.forward(asked(of: stream, question))
    let saved = Saved(
      clips: question.context.clips, seen: question.context.count, kind: question.kind,
      embedding: .init(input: features), stack: stackSaved, norm: normSaved)
    return (projection.forward(normal).output, saved)
  }

  /// The predictions alone: nothing is kept.
  public func output(_ features: Tensor, _ question: Question) -> Tensor {
    let (rows, context) = begin(features, question)
    let stream = asked(of: stack.output(rows, context), question)
    return projection.forward(norm.forward(stream).output).output
  }

  /// From the gradient of the predictions to that of the features.
  public func backward(_ outputGradient: Tensor, _ saved: Saved) -> Tensor {
    let askedGradient = norm.backward(
      projection.backward(outputGradient, .init(input: norm.output(of: saved.norm))), saved.norm)
    // Nothing is asked of the context's own places.
    let unasked = Tensor.zeros([saved.clips * saved.seen, width])
    let gradient = stack.backward(groupsJoined(unasked, askedGradient, clips: saved.clips), saved.stack)
    let (seen, masks) = groupsParted(gradient, first: saved.seen, clips: saved.clips)
    addColumnSums(of: masks, to: maskTokens.gradient.map { token(saved.kind, of: $0) })
    return embedding.backward(seen, saved.embedding)
  }

  /// The stream before the first block [B·(n + m), Dp], and what blocks are given beside it.
  private func begin(_ features: Tensor, _ question: Question) -> (Tensor, EncoderBlock.Context) {
    let (clips, targets) = (question.context.clips, question.targets)
    let seen = embedding.forward(features).output
    let masks = repeatedRow(token(question.kind, of: maskTokens.value), clips * targets.count)
    let positions = rotary.table(question.grid, at: question.all)
    return (
      groupsJoined(seen, masks, clips: clips), EncoderBlock.Context(clips: clips, positions: positions)
    )
  }

  /// The stream at the targets [B·m, Dp].
  private func asked(of stream: Tensor, _ question: Question) -> Tensor {
    groupsParted(stream, first: question.context.count, clips: question.context.clips).1
  }

  private func token(_ kind: Int, of tokens: Tensor) -> Tensor { tokens.view(at: kind * width, [width]) }
}
