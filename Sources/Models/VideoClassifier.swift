import Layers
import Tensors

/// How the tokens of a clip become one vector.
public enum TokenPooling: Sendable, Equatable {
  /// Their mean, then a norm: a linear probe when the encoder is frozen.
  case mean
  /// A learned query that looks at them, with so many blocks before it.
  case attentive(depth: Int)
}

/// A video encoder and a classifier on top of it: clips to one number for each class.
///
///     logits = W pool(encoder(clip)) + b        [B, C]
///
/// With the mean it is transformers' `VideoMAEForVideoClassification` (`fc_norm`, `classifier`), with an attentive pooler
/// `VJEPA2ForVideoClassification` (`pooler`, `classifier`); both stand on either encoder.
public struct VideoClassifier {
  /// Under `videomae` or `vjepa2`.
  public let encoder: VideoEncoder
  /// All parameters.
  public let parameters: ParameterStore
  private let pooler: AttentivePooler?
  private let norm: LayerNorm?
  private let classifier: Linear

  /// Registers all parameters.
  ///
  /// - Parameter classes: C.
  public init(
    _ configuration: VideoEncoderConfiguration, pooling: TokenPooling, classes: Int,
    policy: ParameterPolicy = .trainEverything
  ) {
    parameters = ParameterStore(policy: policy)
    let root = parameters.root
    encoder = VideoEncoder(
      root(configuration.layout == .videoMAE ? "videomae" : "vjepa2"), configuration)
    switch pooling {
    case .mean:
      pooler = nil
      norm = LayerNorm(root("fc_norm"), width: configuration.width, epsilon: 1e-5)
    case .attentive(let depth):
      var sizes = configuration.blocks
      (sizes.depth, sizes.feedForward) = (depth, 4 * sizes.width)
      pooler = AttentivePooler(root("pooler"), sizes)
      norm = nil
    }
    // Small, so that a fresh head says of all classes that they are as likely.
    classifier = Linear(root("classifier"), configuration.width, classes, initial: .normal(2e-5))
  }

  /// What backward reads.
  public struct Saved {
    let encoder: VideoEncoder.Saved
    fileprivate let head: SavedHead
  }

  /// Clips [B, 3, F, H, W] to logits [B, C].
  public func forward(_ clips: Tensor, dropPath: DropPath? = nil) -> (logits: Tensor, saved: Saved) {
    let (tokens, encoderSaved) = encoder.forward(clips, dropPath: dropPath)
    let (logits, headSaved) = head(tokens, clips.shape[0])
    return (logits, Saved(encoder: encoderSaved, head: headSaved))
  }

  /// The logits alone: the encoder keeps nothing.
  public func output(_ clips: Tensor) -> Tensor { head(encoder.output(clips), clips.shape[0]).logits }

  /// What the pooler makes of tokens of so many clips [B·N, D]: the vectors [B, D] that classes are told by; nil where their
  /// mean is taken.
  public var attentivePooling: ((_ tokens: Tensor, _ clips: Int) -> Tensor)? {
    pooler.map { pooler in { pooler.forward($0, clips: $1).output } }
  }

  fileprivate struct SavedHead {
    var pooler: AttentivePooler.Saved?
    var mean: TokenMean.Saved?
    var norm: LayerNorm.Saved?
    var vectors: Tensor
  }

  /// Tokens [B·N, D] to logits [B, C].
  private func head(_ tokens: Tensor, _ batch: Int) -> (logits: Tensor, saved: SavedHead) {
    var saved: SavedHead
    if let pooler {
      let (vectors, poolerSaved) = pooler.forward(tokens, clips: batch)
      saved = SavedHead(pooler: poolerSaved, vectors: vectors)
    } else {
      let (mean, meanSaved) = TokenMean().forward(
        tokens, lengths: Array(repeating: tokens.rows / batch, count: batch))
      let (vectors, normSaved) = norm!.forward(mean)
      saved = SavedHead(mean: meanSaved, norm: normSaved, vectors: vectors)
    }
    return (classifier.forward(saved.vectors).output, saved)
  }

  /// From the logits' gradient to the parameters'; ends where nothing is trained any more.
  public func backward(_ logitsGradient: Tensor, _ saved: Saved) {
    let vectorsGradient = classifier.backward(logitsGradient, .init(input: saved.head.vectors))
    if let pooler, let poolerSaved = saved.head.pooler {
      encoder.backward(pooler.backward(vectorsGradient, poolerSaved), saved.encoder)
    } else if let norm, let normSaved = saved.head.norm, let meanSaved = saved.head.mean {
      let meanGradient = norm.backward(vectorsGradient, normSaved)
      guard encoder.isTrained else { return }
      encoder.backward(TokenMean().backward(meanGradient, meanSaved), saved.encoder)
    }
  }
}
