import Layers
import Tensors

/// A text encoder and a video diffusion transformer, trained together.
public struct TextToVideoModel {
  /// All parameters: `text_encoder.…` and `transformer.…`.
  public let parameters: ParameterStore
  /// Caption tokens to vectors.
  public let textEncoder: TextEncoder
  /// Noisy clip, times and text vectors to an output whose meaning `flow` tells.
  public let transformer: VideoDiffusionTransformer
  /// What the output means, and how times are shifted.
  public let flow: Flow
  /// Registers the parameters of both; `parameters.allocate` makes them.
  public init(
    text: TextEncoderConfiguration, transformer configuration: VideoDiffusionTransformerConfiguration,
    flow: Flow, policy: ParameterPolicy = .trainEverything
  ) {
    precondition(
      text.width == configuration.textWidth, "the transformer must take text of the encoder's width")
    parameters = ParameterStore(policy: policy)
    textEncoder = TextEncoder(parameters.root("text_encoder"), text)
    transformer = VideoDiffusionTransformer(
      parameters.root("transformer"), configuration, givesTextGradient: textEncoder.isTrained)
    self.flow = flow
  }

  /// What backward reads.
  public struct Saved {
    let text: TextEncoder.Saved?
    let transformer: VideoDiffusionTransformer.Saved
  }

  /// - Parameters:
  ///   - clips: noisy clips [B, C, F, H, W].
  ///   - times: one for each latent frame of each clip, [B·t].
  ///   - tokens: ids [B·L], padded to one length; `lengths` says how many of each caption count.
  public func forward(
    _ clips: Tensor, times: [Double], tokens: [Int], lengths: [Int]
  ) -> (output: Tensor, saved: Saved) {
    let (text, textSaved) = encode(tokens, lengths)
    let (output, saved) = transformer.forward(clips, times: times, text: text, textLengths: lengths)
    return (output, Saved(text: textSaved, transformer: saved))
  }

  /// The output alone, for when there is no way back.
  public func output(_ clips: Tensor, times: [Double], tokens: [Int], lengths: [Int]) -> Tensor {
    let text = textEncoder.forward(tokens, texts: lengths.count, lengths: lengths).output
    return transformer.output(clips, times: times, text: text, textLengths: lengths)
  }

  /// The transformer's tokens [B·N, D] behind a block, from 1, of noisy clips [B, C, F, H, W]; `ids` are those of the captions
  /// [B·L].
  public func tokens(
    _ clips: Tensor, times: [Double], ids: [Int], lengths: [Int], behind block: Int
  ) -> Tensor {
    let text = textEncoder.forward(ids, texts: lengths.count, lengths: lengths).output
    return transformer.tokens(clips, times: times, text: text, textLengths: lengths, behind: block)
  }

  /// Adds all parameter gradients.
  public func backward(_ outputGradient: Tensor, _ saved: Saved) {
    let textGradient = transformer.backward(outputGradient, saved.transformer)
    if let text = saved.text, let textGradient { textEncoder.backward(textGradient, text) }
  }

  /// Text vectors, and what their way back reads if there is one: what a frozen encoder saves is dropped before the
  /// transformer runs.
  private func encode(_ tokens: [Int], _ lengths: [Int]) -> (text: Tensor, saved: TextEncoder.Saved?) {
    let (text, saved) = textEncoder.forward(tokens, texts: lengths.count, lengths: lengths)
    return (text, textEncoder.isTrained ? saved : nil)
  }
}
