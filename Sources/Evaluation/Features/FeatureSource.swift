import Clips
import Tensors

/// A model whose blocks work on tokens of clips: what search, probes and figures of other kinds read its features from.
public protocol FeatureSource {
  /// How many blocks it has.
  var depth: Int { get }
  /// D, the values of a token.
  var width: Int { get }
  /// The time at which clips are looked at unless another is asked for, 0 (data) to 1 (noise); nil for models that are
  /// given clips without noise, and read no captions.
  var standardTime: Double? { get }
  /// Tokens behind the last block, of so many clips, to a vector for each [B, D], by what the model learned for that; nil
  /// for models without such a part.
  var attentivePooling: ((_ tokens: Tensor, _ clips: Int) -> Tensor)? { get }

  /// The tokens of clips [B·N, D].
  func tokens(of examples: Examples, _ look: FeatureLook) -> Tensor
}

extension FeatureSource {
  /// No noise.
  public var standardTime: Double? { nil }
  /// None.
  public var attentivePooling: ((_ tokens: Tensor, _ clips: Int) -> Tensor)? { nil }
}

/// How a model looks at clips.
public struct FeatureLook: Sendable, Equatable {
  /// Behind which block tokens are taken, from 1; behind the last one the norm stands that a model may have there.
  public let block: Int
  /// How much noise is laid over clips, 0 to 1; for models with a `standardTime`.
  public let time: Double
  /// Whether such models are told each clip's caption, or the empty one.
  public let readsCaptions: Bool

  /// A way of looking.
  public init(block: Int, time: Double = 0, readsCaptions: Bool = true) {
    self.block = block
    self.time = time
    self.readsCaptions = readsCaptions
  }
}
