import Layers
import Tensors

/// A video autoencoder in the layout of `AutoencoderKLWan`: causal convolutions that halve height and width three times and
/// the frame rate twice, and the way back.
///
/// A clip has 4n + 1 frames and gives n + 1 latent frames; a picture is n = 0. Clips [B, 3, F, H, W] with pixels from −1
/// to 1; latents [B, f, h, w, z] with f = (F − 1)/4 + 1, h = H/8, w = W/8 in the usual sizes.
public struct VideoAutoencoder {
  /// Its sizes.
  public let configuration: VideoAutoencoderConfiguration
  /// All of its parameters.
  public let parameters: ParameterStore
  private let pixels: ChannelsLast
  private let encoder: AutoencoderEncoder, decoder: AutoencoderDecoder
  private let quantize: Convolution, dequantize: Convolution

  /// Registers `encoder`, `quant_conv`, `post_quant_conv` and `decoder`.
  public init(_ configuration: VideoAutoencoderConfiguration, policy: ParameterPolicy = .trainEverything) {
    let store = ParameterStore(policy: policy)
    let (scope, z) = (store.root, configuration.latentChannels)
    self.configuration = configuration
    parameters = store
    pixels = ChannelsLast(patch: configuration.patch)
    encoder = AutoencoderEncoder(scope("encoder"), configuration)
    let starts = AutoencoderStarts(configuration)
    quantize = Convolution(scope("quant_conv"), 2 * z, 2 * z, .pointwise, start: starts.quantize)
    dequantize = Convolution(scope("post_quant_conv"), z, z, .pointwise, start: starts.dequantize)
    decoder = AutoencoderDecoder(scope("decoder"), configuration)
  }

  /// What the encoder's backward reads.
  public struct EncoderSaved {
    let encoder: AutoencoderEncoder.Saved
    let quantize: Convolution.Saved
  }

  /// Clips [B, 3, F, H, W] to moments [B, f, h, w, 2z]: means, then log variances.
  public func encode(_ clips: Tensor) -> (moments: Tensor, saved: EncoderSaved) {
    let (hidden, encoderSaved) = encoder.forward(pixels.forward(clips))
    let (moments, quantizeSaved) = quantize.forward(hidden)
    return (moments, EncoderSaved(encoder: encoderSaved, quantize: quantizeSaved))
  }

  /// Adds the encoder's parameter gradients.
  public func encodeBackward(_ momentsGradient: Tensor, _ saved: EncoderSaved) {
    _ = encoder.backward(quantize.backward(momentsGradient, saved.quantize), saved.encoder)
  }

  /// The same, and the gradient of the clips.
  public func encodeBackwardToClips(_ momentsGradient: Tensor, _ saved: EncoderSaved) -> Tensor {
    let gradient = encoder.backward(
      quantize.backward(momentsGradient, saved.quantize), saved.encoder, wantsInputGradient: true)
    return pixels.backward(gradient!)
  }

  /// What the decoder's backward reads.
  public struct DecoderSaved {
    let dequantize: Convolution.Saved
    let decoder: AutoencoderDecoder.Saved
  }

  /// Latents [B, f, h, w, z] to clips [B, 3, F, H, W], which may leave −1…1.
  public func decode(_ latents: Tensor) -> (clips: Tensor, saved: DecoderSaved) {
    let (hidden, dequantizeSaved) = dequantize.forward(latents)
    let (output, decoderSaved) = decoder.forward(hidden)
    return (
      pixels.backward(output), DecoderSaved(dequantize: dequantizeSaved, decoder: decoderSaved)
    )
  }

  /// The gradient of the latents; the decoder's parameter gradients are added.
  public func decodeBackward(_ clipsGradient: Tensor, _ saved: DecoderSaved) -> Tensor {
    dequantize.backward(decoder.backward(pixels.forward(clipsGradient), saved.decoder), saved.dequantize)
  }

  // MARK: In parts

  /// The moments of the next frames of a stream, to the bit those of the whole clip.
  ///
  /// - Parameter part: at the stream's start `timeFactor` · n + 1 frames, then multiples of `timeFactor`.
  public func encodeNext(_ part: Tensor, in stream: FrameStream) -> Tensor {
    quantize.forward(encoder.next(pixels.forward(part), in: stream)).output
  }

  /// The frames of the next latents of a stream, to the bit those of the whole clip.
  ///
  /// - Parameter isFirst: whether they are the clip's first, of which one stands for a single frame.
  public func decodeNext(_ latents: Tensor, isFirst: Bool, in stream: FrameStream) -> Tensor {
    pixels.backward(
      decoder.next(dequantize.forward(latents).output, isFirst: isFirst, in: stream))
  }
}
