import Clips
import Layers
import Models
import Objectives
import Tensors
import Tokens

/// Asks a model for the clip behind noise of one strength.
///
///     loss = mean over elements of (model(x + strength · noise) − x)²
public struct Denoising: Objective {
  /// The model that is trained.
  public let model: TextToVideoModel
  /// Captions to ids; longer captions are cut to `maximumTextLength` tokens.
  public let tokenizer: any Tokenizer
  /// The most tokens of a caption.
  public let maximumTextLength: Int
  /// Captions are padded to at least this many tokens, so that all batches have one size.
  public let paddedTextLength: Int
  /// The standard deviation of the noise, which the model is told as its time, 0 to 1.
  public let strength: Double

  /// An objective for the model.
  public init(
    model: TextToVideoModel, tokenizer: any Tokenizer, maximumTextLength: Int, paddedTextLength: Int = 0,
    strength: Double
  ) {
    self.model = model
    self.tokenizer = tokenizer
    self.maximumTextLength = maximumTextLength
    self.paddedTextLength = paddedTextLength
    self.strength = strength
  }

  /// All parameters of the model.
  public var parameters: ParameterStore { model.parameters }

  /// Noise.
  public var conditionTitle: String { "noise" }
  /// One condition: the strength that is trained.
  public var heldOutConditions: [String] { ["strength \(strength)"] }

  /// Forward, loss, backward.
  public func addGradients(_ examples: Examples, at position: Position, share: Double) -> [Double] {
    let (output, saved) = forward(examples, at: position)
    let (losses, gradient) = squaredError(of: output, from: examples.clips, share: share)
    model.backward(gradient, saved)
    return losses
  }

  /// Forward and loss alone.
  public func heldOutLosses(_ examples: Examples, condition: Int, at position: Position) -> [Double] {
    squaredError(of: forward(examples, at: position).output, from: examples.clips, share: 1).losses
  }

  private func forward(
    _ examples: Examples, at position: Position
  ) -> (output: Tensor, saved: TextToVideoModel.Saved) {
    let clips = examples.clips
    let noisy = Tensor(clips.shape)
    noisy.fillGaussian(
      seed: position.seed, purpose: .noise, step: position.step, firstSample: position.firstSample)
    noisy.scale(by: Float(strength))
    noisy.add(clips)
    let tokens = TokenBatch(
      examples.captions, tokenizer: tokenizer, maximumLength: maximumTextLength, paddedTo: paddedTextLength)
    let latentFrames = clips.shape[0] * clips.shape[2] / model.transformer.configuration.patch.frames
    let times = Array(repeating: strength, count: latentFrames)
    return model.forward(noisy, times: times, tokens: tokens.ids, lengths: tokens.lengths)
  }

  // With error e and n numbers in all clips: loss = Σ e² / n,  ∂loss/∂output = 2 e / n.
  private func squaredError(
    of output: Tensor, from clips: Tensor, share: Double
  ) -> (losses: [Double], gradient: Tensor) {
    let error = output.copied()
    error.add(clips, scale: -1)
    let size = clips.count / clips.shape[0]
    let losses = (0..<clips.shape[0]).map { error.view(at: $0 * size, [size]).sumOfSquares / Double(size) }
    error.scale(by: Float(2 * share / Double(clips.count)))
    return (losses, error)
  }
}
