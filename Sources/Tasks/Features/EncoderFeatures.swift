import Clips
import Evaluation
import Models
import Tensors

/// Features of a video encoder: it sees all tokens of a clip.
public struct EncoderFeatures: FeatureSource {
  private let encoder: VideoEncoder
  /// Of classifiers that have a pooler.
  public let attentivePooling: ((_ tokens: Tensor, _ clips: Int) -> Tensor)?

  /// Features of an encoder.
  /// - Parameter pooling: what a model on top of it makes of its tokens.
  public init(_ encoder: VideoEncoder, pooling: ((_ tokens: Tensor, _ clips: Int) -> Tensor)? = nil) {
    self.encoder = encoder
    attentivePooling = pooling
  }

  /// Those of the encoder.
  public var depth: Int { encoder.configuration.blocks.depth }
  /// D.
  public var width: Int { encoder.configuration.width }

  /// The tokens behind a block [B·N, D].
  public func tokens(of examples: Examples, _ look: FeatureLook) -> Tensor {
    encoder.output(examples.clips, through: look.block)
  }
}
