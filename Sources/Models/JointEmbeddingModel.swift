import Layers
import Tensors

/// A video encoder, and a predictor that tells from some of a clip's tokens what the encoder makes of others.
///
/// Assran et al., "V-JEPA 2: self-supervised video models enable understanding, prediction and planning", 2025. Names of
/// parameters are those of transformers' `VJEPA2Model`.
public struct JointEmbeddingModel {
  /// Under `encoder`.
  public let encoder: VideoEncoder
  /// Under `predictor`.
  public let predictor: FeaturePredictor
  /// All parameters.
  public let parameters: ParameterStore

  /// Registers all parameters.
  /// - Parameter kinds: how many kinds of mask there are.
  public init(
    _ configuration: VideoEncoderConfiguration, predictor sizes: BlockSizes, kinds: Int,
    policy: ParameterPolicy = .trainEverything
  ) {
    precondition(configuration.layout == .vJEPA2, "the predictor is V-JEPA 2's")
    parameters = ParameterStore(policy: policy)
    encoder = VideoEncoder(parameters.root, configuration)
    predictor = FeaturePredictor(
      parameters.root("predictor"), features: configuration.width, kinds: kinds, sizes)
  }

  /// What backward reads.
  public struct Saved {
    let encoder: VideoEncoder.Saved, predictor: FeaturePredictor.Saved
  }

  /// Clips [B, 3, F, H, W], of which the encoder sees the context, to features at the targets [B·m, D].
  public func forward(
    _ clips: Tensor, _ question: FeaturePredictor.Question
  ) -> (output: Tensor, saved: Saved) {
    let (features, encoderSaved) = encoder.forward(clips, seeing: question.context)
    let (output, predictorSaved) = predictor.forward(features, question)
    return (output, Saved(encoder: encoderSaved, predictor: predictorSaved))
  }

  /// The predictions alone: nothing is kept.
  public func output(_ clips: Tensor, _ question: FeaturePredictor.Question) -> Tensor {
    predictor.output(encoder.output(clips, seeing: question.context), question)
  }

  /// From the gradient of the predictions to the parameters'.
  public func backward(_ outputGradient: Tensor, _ saved: Saved) {
    encoder.backward(predictor.backward(outputGradient, saved.predictor), saved.encoder)
  }
}
