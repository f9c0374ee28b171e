import Layers
import Tensors

/// A video encoder that sees some of a clip's tokens, and a decoder that is asked for the others.
///
/// Tong et al., "VideoMAE", 2022. Names of parameters are those of transformers' `VideoMAEForPreTraining`.
public struct MaskedAutoencoder {
  /// Under `videomae`.
  public let encoder: VideoEncoder
  /// Under `encoder_to_decoder`, `mask_token` and `decoder`.
  public let decoder: MaskedDecoder
  /// All parameters.
  public let parameters: ParameterStore

  /// Registers all parameters.
  public init(
    _ configuration: VideoEncoderConfiguration, decoder sizes: BlockSizes,
    policy: ParameterPolicy = .trainEverything
  ) {
    parameters = ParameterStore(policy: policy)
    encoder = VideoEncoder(parameters.root("videomae"), configuration)
    decoder = MaskedDecoder(
      parameters.root, inputs: configuration.width, patch: configuration.patch, sizes)
  }

  /// What backward reads.
  public struct Saved {
    let encoder: VideoEncoder.Saved, decoder: MaskedDecoder.Saved
  }

  /// Clips [B, 3, F, H, W], of which the visible tokens are seen, to the patches at the hidden ones [B·m, pt·ph·pw·3].
  public func forward(
    _ clips: Tensor, visible: TokenSelection, hidden: TokenSelection
  ) -> (output: Tensor, saved: Saved) {
    let (tokens, encoderSaved) = encoder.forward(clips, seeing: visible)
    let (output, decoderSaved) = decoder.forward(tokens, visible: visible, hidden: hidden)
    return (output, Saved(encoder: encoderSaved, decoder: decoderSaved))
  }

  /// The predictions alone: nothing is kept.
  public func output(_ clips: Tensor, visible: TokenSelection, hidden: TokenSelection) -> Tensor {
    decoder.output(encoder.output(clips, seeing: visible), visible: visible, hidden: hidden)
  }

  /// From the gradient of the predictions to the parameters'.
  public func backward(_ outputGradient: Tensor, _ saved: Saved) {
    encoder.backward(decoder.backward(outputGradient, saved.decoder), saved.encoder)
  }
}
