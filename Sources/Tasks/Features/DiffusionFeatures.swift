import Clips
import Evaluation
import Models
import Tensors
import Tokens

/// Features of a video diffusion transformer: what its blocks make of a clip with some noise on it.
///
///     x_t = share(t) · clip + t · noise
///
/// All clips are given the same noise, so that a clip's features depend on nothing but the clip (and its caption): a copy
/// has the same ones, wherever in a list it stands. Blocks in the middle at low noise serve best for telling what pictures
/// show (Tang et al., "Emergent correspondence from image diffusion", 2023).
public struct DiffusionFeatures: FeatureSource {
  private let model: TextToVideoModel
  private let tokenizer: any Tokenizer
  private let maximumTextLength: Int, paddedTextLength: Int
  private let clipShare: @Sendable (Double) -> Double
  private let prepare: @Sendable (Examples) -> Examples
  /// 0.3 for a flow, the trained strength where only one was trained.
  public let standardTime: Double?

  /// The noise's seed, one for all models.
  public static let seed = HeldOutLoss.seed

  /// Features of a model.
  ///
  /// - Parameters:
  ///   - maximumTextLength: longer captions are cut; `paddedTextLength`: shorter ones are padded to it.
  ///   - clipShare: how much of the clip is left at a time; of a flow 1 − t.
  ///   - prepare: turns clips into what the model sees.
  public init(
    _ model: TextToVideoModel, tokenizer: any Tokenizer, maximumTextLength: Int, paddedTextLength: Int,
    standardTime: Double = 0.3, clipShare: @escaping @Sendable (Double) -> Double = { 1 - $0 },
    prepare: @escaping @Sendable (Examples) -> Examples = { $0 }
  ) {
    self.model = model
    self.tokenizer = tokenizer
    self.maximumTextLength = maximumTextLength
    self.paddedTextLength = paddedTextLength
    self.standardTime = standardTime
    self.clipShare = clipShare
    self.prepare = prepare
  }

  /// Those of the transformer.
  public var depth: Int { model.transformer.configuration.depth }
  /// D.
  public var width: Int { model.transformer.configuration.width }

  /// The tokens behind a block [B·N, D].
  public func tokens(of examples: Examples, _ look: FeatureLook) -> Tensor {
    let clips = prepare(examples).clips
    let noisy = Tensor(clips.shape)
    let size = clips.count / examples.count
    for clip in 0..<examples.count {
      noisy.view(at: clip * size, [1] + clips.shape[1...]).fillGaussian(
        seed: Self.seed, purpose: .noise, step: 0)
    }
    noisy.scale(by: Float(look.time))
    noisy.add(clips, scale: Float(clipShare(look.time)))
    let captions = look.readsCaptions ? examples.captions : examples.captions.map { _ in "" }
    let tokens = TokenBatch(
      captions, tokenizer: tokenizer, maximumLength: maximumTextLength, paddedTo: paddedTextLength)
    let latentFrames = clips.shape[2] / model.transformer.configuration.patch.frames
    return model.tokens(
      noisy, times: Array(repeating: look.time, count: examples.count * latentFrames), ids: tokens.ids,
      lengths: tokens.lengths, behind: look.block)
  }
}
