import Layers
import Tensors

/// From the tokens that an encoder saw to what stands at the places that it did not see: VideoMAE's decoder.
///
///     x = [W_e tokens + place | mask token + place],   y = W_h norm(blocks(x) at the hidden places) + b_h
///
/// Tokens [B·n, D] to y [B·m, pt·ph·pw·3]. Visible tokens stand before hidden ones, whatever their places: blocks have no
/// order of their own. Names of parameters are those of transformers' `VideoMAEForPreTraining`.
public struct MaskedDecoder {
  private let embedding: Linear
  private let maskToken: Parameter  // [1, 1, Dd]
  private let positions: SinusoidPositions
  private let stack: BlockStack
  private let norm: LayerNorm
  private let head: Linear
  private let width: Int

  /// Registers all parameters in the scope.
  ///
  /// - Parameters:
  ///   - inputs: D, the width of the encoder's tokens.
  ///   - patch: what a token holds.
  public init(_ scope: Scope, inputs: Int, patch: PatchSize, _ sizes: BlockSizes) {
    width = sizes.width
    embedding = Linear(scope("encoder_to_decoder"), inputs, width, bias: false)
    maskToken = scope.parameter("mask_token", [1, 1, width], .normal(0.02), decays: false)
    positions = SinusoidPositions(width: width)
    let decoder = scope("decoder")
    stack = BlockStack(decoder("decoder_layers"), .videoMAE, sizes, givesInputGradient: true)
    norm = LayerNorm(decoder("norm"), width: width, epsilon: 1e-5)
    head = Linear(decoder("head"), width, 3 * patch.volume)
  }

  /// What backward reads.
  public struct Saved {
    let seen: Int, clips: Int
    let embedding: Linear.Saved
    let stack: BlockStack.Saved
    let norm: LayerNorm.Saved
  }

  /// Tokens of the visible places [B·n, D] to predictions for the hidden ones [B·m, pt·ph·pw·3].
  public func forward(
    _ tokens: Tensor, visible: TokenSelection, hidden: TokenSelection
  ) -> (output: Tensor, saved: Saved) {
    let (rows, context) = begin(tokens, visible, hidden)
    let (stream, stackSaved) = stack.forward(rows, context)
    let asked = groupsParted(stream, first: visible.count, clips: visible.clips).1
    let (normal, normSaved) = norm.forward(asked)
    let saved = Saved(
      seen: visible.count, clips: visible.clips, embedding: .init(input: tokens), stack: stackSaved,
      norm: normSaved)
    return (head.forward(normal).output, saved)
  }

  /// The predictions alone: nothing is kept.
  public func output(_ tokens: Tensor, visible: TokenSelection, hidden: TokenSelection) -> Tensor {
    let (rows, context) = begin(tokens, visible, hidden)
    let asked = groupsParted(stack.output(rows, context), first: visible.count, clips: visible.clips).1
    return head.forward(norm.forward(asked).output).output
  }

  /// From the gradient of the predictions to that of the encoder's tokens.
  public func backward(_ outputGradient: Tensor, _ saved: Saved) -> Tensor {
    let askedGradient = norm.backward(
      head.backward(outputGradient, .init(input: norm.output(of: saved.norm))), saved.norm)
    // The places that were seen are not asked for.
    let unasked = Tensor.zeros([saved.clips * saved.seen, width])
    let gradient = stack.backward(groupsJoined(unasked, askedGradient, clips: saved.clips), saved.stack)
    let (seen, hidden) = groupsParted(gradient, first: saved.seen, clips: saved.clips)
    addColumnSums(of: hidden, to: maskToken.gradient)
    return embedding.backward(seen, saved.embedding)
  }

  /// The stream before the first block [B·(n + m), Dd].
  private func begin(
    _ tokens: Tensor, _ visible: TokenSelection, _ hidden: TokenSelection
  ) -> (Tensor, EncoderBlock.Context) {
    let seen = embedding.forward(tokens).output
    positions.add(to: seen, at: visible)
    let masks = repeatedRow(maskToken.value, hidden.clips * hidden.count)
    positions.add(to: masks, at: hidden)
    return (groupsJoined(seen, masks, clips: visible.clips), EncoderBlock.Context(clips: visible.clips))
  }
}
