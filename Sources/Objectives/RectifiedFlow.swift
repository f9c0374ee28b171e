import Clips
import Foundation
import Layers
import Models
import Tensors

/// Asks a model for the velocity from clip to noise at a random time.
///
///     loss = mean over elements of (velocity(model, x_t) − (noise − clip))²,   x_t = (1 − t) · clip + t · noise
///
/// Times are logit-normal (Esser et al., "Scaling rectified flow transformers", 2024), then shifted toward noise. Some
/// captions are replaced by the empty one, so that sampling can guide away from it (Ho and Salimans, 2022).
public struct RectifiedFlow: Objective {
  /// The law of times before the shift: σ(mean + deviation · normal).
  public struct TimeLaw: Sendable {
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

  public var parameters: ParameterStore { model.parameters }

  public func addGradients(_ examples: Examples, at position: Position, share: Double) -> [Double] {
    let clips = examples.clips
    let times = (0..<clips.shape[0]).map { drawTime(at: position, sample: $0, tokens: tokensPerClip(clips)) }
    let captions = examples.captions.enumerated().map { drops(at: position, sample: $0) ? "" : $1 }
    let pass = forward(clips, captions: captions, times: times, at: position)
    let loss = pass.loss(flow: model.flow, share: share)
    model.backward(loss.outputGradient, pass.saved)
    return loss.perClip
  }

  // MARK: Held-out loss

  /// Noise levels that held-out loss is measured at.
  public static let heldOutTimes = [0.1, 0.3, 0.5, 0.7, 0.9]
  public var heldOutConditions: [String] { Self.heldOutTimes.map { "time \($0)" } }

  public func heldOutLosses(_ examples: Examples, condition: Int, at position: Position) -> [Double] {
    let times = Array(repeating: Self.heldOutTimes[condition], count: examples.captions.count)
    return forward(examples.clips, captions: examples.captions, times: times, at: position)
      .loss(flow: model.flow, share: 1).perClip
  }

  // MARK: One pass

  /// A forward pass and all that its loss is made of.
  fileprivate struct Pass {
    let clips: Tensor, noise: Tensor, output: Tensor, noisy: Tensor
    let times: [Double]  // one a clip
    let frameWeights: [Float]  // [B·F], 0 for frames that are given and not asked for
    let saved: TextToVideoModel.Saved
  }

  fileprivate func forward(_ clips: Tensor, captions: [String], times: [Double], at position: Position) -> Pass {
    let noise = Tensor(clips.shape)
    noise.fillGaussian(
      seed: position.seed, purpose: .noise, step: position.step, firstSample: position.firstSample)
    let noisy = mix(clips, noise, times: times)
    let tokens = TokenBatch(
      captions, tokenizer: tokenizer, maximumLength: maximumTextLength, paddedTo: paddedTextLength)
    let latentFrames = clips.shape[2] / model.transformer.configuration.patch.frames
    let (output, saved) = model.forward(
      noisy, times: times.flatMap { Array(repeating: $0, count: latentFrames) }, tokens: tokens.ids,
      lengths: tokens.lengths)
    return Pass(
      clips: clips, noise: noise, output: output, noisy: noisy, times: times,
      frameWeights: Array(repeating: 1, count: clips.shape[0] * clips.shape[2]), saved: saved)
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
      seed: position.seed, purpose: .captionDropout, step: position.step, sample: position.firstSample + sample)
    return stream.uniform() < captionDropout
  }
}

extension RectifiedFlow.Pass {
  // With error e = velocity(output) − (noise − clip) and the weights' total W:
  // loss = Σ weight · e² / W,  ∂loss/∂output = 2 · weight · e · ∂velocity/∂output / W.
  fileprivate func loss(flow: Flow, share: Double) -> (perClip: [Double], outputGradient: Tensor) {
    let (batch, channels, frames) = (clips.shape[0], clips.shape[1], clips.shape[2])
    let planeSize = clips.shape[3] * clips.shape[4]
    let planesPerClip = channels * frames
    let total = Double(frameWeights.reduce(0, +)) * Double(channels * planeSize)
    let gradient = Tensor(clips.shape)
    let squares = Tensor([batch * planesPerClip])
    parallel(over: batch * planesPerClip, tile: max(1, 8192 / planeSize)) { planes in
      for plane in planes {
        let clip = plane / planesPerClip
        let weight = frameWeights[clip * frames + plane % frames]
        let factor = Float(flow.outputFactor(at: times[clip]))
        let slope = Float(2 * share / total) * weight * factor
        let start = plane * planeSize
        let (x0, n) = (clips.pointer + start, noise.pointer + start)
        let (o, xt, g) = (output.pointer + start, noisy.pointer + start, gradient.pointer + start)
        var square = Lanes(repeating: 0)
        sweep(planeSize) { i, c in
          // A predicted clip is compared with the clip itself: (x_t − output)/τ − (x_t − clip)/τ.
          let error =
            flow.prediction == .velocity
            ? load(o, i, c) - (load(n, i, c) - load(x0, i, c)) : (load(o, i, c) - load(x0, i, c)) * factor
          square.addProduct(error, error)
          store(error * slope, g, i, c)
        }
        squares.pointer[plane] = square.sum() * weight
      }
    }
    guard !Plan.isRunning else { return (Array(repeating: 0, count: batch), gradient) }
    let perClip = (0..<batch).map { clip in
      let weights = frameWeights[clip * frames..<(clip + 1) * frames].reduce(0, +)
      let sum = (0..<planesPerClip).reduce(0.0) { $0 + Double(squares.pointer[clip * planesPerClip + $1]) }
      return sum / (Double(weights) * Double(channels * planeSize))
    }
    return (perClip, gradient)
  }
}
