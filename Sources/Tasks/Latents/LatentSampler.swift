import Sampling
import Tensors
import Tokens

/// Samples latents and decodes them.
public struct LatentSampler: Sampler {
  private let autoencoder: FrozenAutoencoder
  private let sampler: any Sampler

  /// A sampler of latents behind an autoencoder.
  public init(_ sampler: any Sampler, behind autoencoder: FrozenAutoencoder) {
    self.sampler = sampler
    self.autoencoder = autoencoder
  }

  /// Clips [B, 3, F, H, W] of a size that the model's checks allow.
  public func clips(
    for wishes: [Wish], size: SampleSize, settings: SamplerSettings, firstSample: Int,
    progress: (Double) -> Bool
  ) -> Tensor {
    let sizes = autoencoder.configuration
    let latents = sampler.clips(
      for: wishes,
      size: SampleSize(
        frames: sizes.latentFrames(size.frames), height: size.height / sizes.pixelFactor,
        width: size.width / sizes.pixelFactor),
      settings: settings, firstSample: firstSample, progress: progress)
    return autoencoder.clips(of: latents)
  }

  /// The latents of a patch, in pixels. The first frame has a latent of its own.
  public var sizeUnit: SampleSize {
    let (unit, sizes) = (sampler.sizeUnit, autoencoder.configuration)
    return SampleSize(
      frames: unit.frames * sizes.timeFactor, height: unit.height * sizes.pixelFactor,
      width: unit.width * sizes.pixelFactor)
  }
  /// One, or as many as the frames of a patch stand for beside the first.
  public var frameRemainder: Int { (sampler.sizeUnit.frames - 1) * autoencoder.configuration.timeFactor + 1 }

  /// As the model reads them.
  public func cut(_ prompts: [String]) -> CutCaptions? { sampler.cut(prompts) }
  /// As the model knows them.
  public func unknownWords(in prompt: String) -> [String] { sampler.unknownWords(in: prompt) }
}
