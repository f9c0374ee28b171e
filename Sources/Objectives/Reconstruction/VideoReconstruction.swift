import Clips
import Layers
import Models
import Tensors

/// Asks an autoencoder for the clip that it was given, by way of latents that are drawn.
///
///     moments = encode(x),   z = mean + exp(½ logvar) · noise,   y = decode(z)
///     loss = reconstruction(y, x) + weight · KL(moments)
///
/// Kingma and Welling, "Auto-encoding variational Bayes", 2014; as in latent diffusion (Rombach et al., 2022), without
/// networks that were trained elsewhere. Outputs beyond −1…1 are compared as they are: a clamp would have no gradient there.
/// The statistics of latents are measured on the way.
public struct VideoReconstruction: Objective {
  /// What is trained.
  public let model: VideoAutoencoder
  private let statistics: LatentStatistics
  private let loss: ReconstructionLoss
  private let divergenceWeight: Double
  private let latents = GaussianLatents()
  private let pixels = ChannelsLast()

  /// - Parameters:
  ///   - statistics: in the model's store.
  ///   - divergenceWeight: of the KL, beside the loss of the reconstruction.
  public init(
    model: VideoAutoencoder, statistics: LatentStatistics, loss: ReconstructionLoss, divergenceWeight: Double
  ) {
    self.model = model
    self.statistics = statistics
    self.loss = loss
    self.divergenceWeight = divergenceWeight
  }

  /// The model's, and the statistics.
  public var parameters: ParameterStore { model.parameters }
  /// What is measured.
  public var conditionTitle: String { "part of the loss" }
  /// The loss of the reconstruction from the means, and the KL without its weight.
  public var heldOutConditions: [String] { ["reconstruction", "KL"] }

  /// Forward, loss, backward.
  public func addGradients(_ examples: Examples, at position: Position, share: Double) -> [Double] {
    let clips = examples.clips
    let (moments, encoderSaved) = model.encode(clips)
    let noise = Tensor(moments.shape.dropLast() + [moments.columns / 2])
    noise.fillGaussian(
      seed: position.seed, purpose: .noise, step: position.step, firstSample: position.firstSample)
    let (z, divergences, latentsSaved) = latents.forward(
      moments, noise: noise, clips: clips.shape[0], values: clips.count / clips.shape[0])
    statistics.follow(latents.mean(moments), step: position.step)
    let (output, decoderSaved) = model.decode(z)
    let (losses, gradient) = reconstructionLoss(output, clips, share: share)
    let latentsGradient = model.decodeBackward(gradient, decoderSaved)
    model.encodeBackward(
      latents.backward(latentsGradient, latentsSaved, share: share * divergenceWeight), encoderSaved)
    return zip(losses, divergences).map { $0 + divergenceWeight * $1 }
  }

  /// Forward and loss alone, without noise.
  public func heldOutLosses(_ examples: Examples, condition: Int, at position: Position) -> [Double] {
    let clips = examples.clips
    let (moments, _) = model.encode(clips)
    if condition == 1 {
      let noise = Tensor.zeros(moments.shape.dropLast() + [moments.columns / 2])
      return latents.forward(
        moments, noise: noise, clips: clips.shape[0], values: clips.count / clips.shape[0]
      ).divergences
    }
    return reconstructionLoss(model.decode(latents.mean(moments)).clips, clips, share: 1).losses
  }

  private func reconstructionLoss(
    _ output: Tensor, _ clips: Tensor, share: Double
  ) -> (losses: [Double], gradient: Tensor) {
    let (losses, gradient) = loss(
      output: pixels.forward(output), target: pixels.forward(clips), share: share)
    return (losses, pixels.backward(gradient))
  }
}
