import Clips
import Foundation
import Layers
import Models
import Tensors
import Tokens

/// Asks a model for the velocity from clip to noise at a random time.
///
///     loss = mean over elements of (velocity(model, x_t) − (noise − clip))²,   x_t = (1 − t) · clip + t · noise
///
/// Times are logit-normal (Esser et al., "Scaling rectified flow transformers", 2024), then shifted toward noise. Some
/// captions are replaced by the empty one, so that sampling can guide away from it (Ho and Salimans, 2022).
public struct RectifiedFlow: Objective {
  /// The law of times before the shift: σ(mean + deviation · normal).
  public struct TimeLaw: Sendable, Equatable {
    /// Mean and standard deviation of the normal variable.
    public let mean: Double, deviation: Double
    /// A logit-normal law.
    public init(mean: Double, deviation: Double) {
      self.mean = mean
      self.deviation = deviation
    }
  }

  /// The model that is trained.
  public let model: TextToVideoModel
  /// Captions to ids; longer captions are cut to `maximumTextLength` tokens.
  public let tokenizer: any Tokenizer
  /// The most tokens of a caption.
  public let maximumTextLength: Int
  /// Captions are padded to at least this many tokens, so that all batches have one size.
  public let paddedTextLength: Int
  /// How times are drawn.
  public let timeLaw: TimeLaw
  /// The share of captions replaced by the empty one.
  public let captionDropout: Double

  /// An objective for the model.
  public init(
    model: TextToVideoModel, tokenizer: any Tokenizer, maximumTextLength: Int, paddedTextLength: Int = 0,
    timeLaw: TimeLaw, captionDropout: Double
  ) {
    self.model = model
    self.tokenizer = tokenizer
    self.maximumTextLength = maximumTextLength
    self.paddedTextLength = paddedTextLength
    self.timeLaw = timeLaw
    self.captionDropout = captionDropout
  }

  /// Those of the model.
  public var parameters: ParameterStore { model.parameters }

  /// Draws times, noise and dropped captions, and learns from them.
  public func addGradients(_ examples: Examples, at position: Position, share: Double) -> [Double] {
    let clips = examples.clips
    let times = (0..<clips.shape[0]).map { drawTime(at: position, sample: $0, tokens: tokensPerClip(clips)) }
    let captions = examples.captions.enumerated().map { drops(at: position, sample: $0) ? "" : $1 }
    let question = question(clips, captions: captions, times: times, at: position)
    let (output, saved) = model.forward(
      question.noisy, times: question.frameTimes, tokens: question.tokens.ids,
      lengths: question.tokens.lengths)
    let (losses, outputGradient) = question.target.loss(of: output, flow: model.flow, share: share)
    model.backward(outputGradient, saved)
    return losses
  }

  // MARK: Held-out loss

  /// Noise levels that held-out loss is measured at.
  public static let heldOutTimes = [0.1, 0.3, 0.5, 0.7, 0.9]
  /// Noise levels.
  public var conditionTitle: String { "noise level" }
  /// The noise levels, in words.
  public var heldOutConditions: [String] { Self.heldOutTimes.map { "time \($0)" } }

  /// The losses at one noise level, with all captions.
  public func heldOutLosses(_ examples: Examples, condition: Int, at position: Position) -> [Double] {
    let times = Array(repeating: Self.heldOutTimes[condition], count: examples.captions.count)
    let question = question(examples.clips, captions: examples.captions, times: times, at: position)
    let output = model.output(
      question.noisy, times: question.frameTimes, tokens: question.tokens.ids,
      lengths: question.tokens.lengths)
    return question.target.loss(of: output, flow: model.flow, share: 1).perClip
  }

  // MARK: What the model is asked

  /// What the model is given, and what its answer is held against.
  private struct Question {
    let noisy: Tensor  // x_t [B, C, F, H, W]
    let frameTimes: [Double]  // one a latent frame, [B·t]
    let tokens: TokenBatch
    let target: FlowTarget
  }

  private func question(
    _ clips: Tensor, captions: [String], times: [Double], at position: Position
  ) -> Question {
    let noise = Tensor(clips.shape)
    noise.fillGaussian(
      seed: position.seed, purpose: .noise, step: position.step, firstSample: position.firstSample)
    let latentFrames = clips.shape[2] / model.transformer.configuration.patch.frames
    return Question(
      noisy: mix(clips, noise, times: times),
      frameTimes: times.flatMap { Array(repeating: $0, count: latentFrames) },
      tokens: TokenBatch(
        captions, tokenizer: tokenizer, maximumLength: maximumTextLength, paddedTo: paddedTextLength),
      target: FlowTarget(
        clips: clips, noise: noise, times: times,
        frameWeights: Array(repeating: 1, count: clips.shape[0] * clips.shape[2])))
  }

  /// x_t, clip by clip.
  private func mix(_ clips: Tensor, _ noise: Tensor, times: [Double]) -> Tensor {
    let noisy = Tensor(clips.shape)
    let size = clips.count / times.count
    parallel(over: times.count, tile: 1) { range in
      for b in range {
        let time = Float(times[b])
        let (x, n, y) = (clips.pointer + b * size, noise.pointer + b * size, noisy.pointer + b * size)
        sweep(size) { i, c in store(load(x, i, c) * (1 - time) + load(n, i, c) * time, y, i, c) }
      }
    }
    return noisy
  }

  private func tokensPerClip(_ clips: Tensor) -> Int {
    clips.shape[2...].reduce(1, *) / model.transformer.configuration.patch.volume
  }

  private func drawTime(at position: Position, sample: Int, tokens: Int) -> Double {
    var stream = RandomStream(
      seed: position.seed, purpose: .time, step: position.step, sample: position.firstSample + sample)
    let time = 1 / (1 + exp(-(timeLaw.mean + timeLaw.deviation * stream.gaussian())))
    return model.flow.shifted(time, tokens: tokens)
  }

  private func drops(at position: Position, sample: Int) -> Bool {
    var stream = RandomStream(
      seed: position.seed, purpose: .captionDropout, step: position.step,
      sample: position.firstSample + sample)
    return stream.uniform() < captionDropout
  }
}
