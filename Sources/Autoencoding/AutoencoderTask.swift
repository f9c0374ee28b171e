import Clips
import Evaluation
import Fields
import Layers
import Manifests
import Models
import Objectives
import Tasks
import Tensors

/// `autoencoder`: a clip to few numbers and back, by Wan's video autoencoder. Clips need neither captions nor labels.
public struct AutoencoderTask: VideoTask {
  private let model: VideoAutoencoderConfiguration
  private let loss: ReconstructionLoss
  private let divergenceWeight: Double
  private let shape: ClipShape

  /// Sections `model` and `objective`.
  public init(_ section: Section, clips: ClipShape) {
    let model = section.section(
      "model", "Sizes of the video autoencoder (the layout of Wan).", VideoAutoencoderConfiguration.init)
    (loss, divergenceWeight) = section.section("objective", "What is asked of the model.") { section in
      (
        ReconstructionLoss(section),
        section.number(
          "klWeight", .from(0, through: 1), default: 1e-6,
          "Weight of how far latents are from a standard normal distribution (KL), summed over a clip's latents and divided "
            + "by the number of its pixels' values."
        )
      )
    }
    self.model = model
    shape = clips
    model.check(section, clips: clips, at: "data")
  }

  /// It reads none.
  public var captions: TokenizerSection? { nil }
  /// It has no stack of equal blocks.
  public var stacks: [Stack] { [] }
  /// Latents.
  public var tokensPerClip: Int { tokens(of: shape) ?? 0 }
  /// Clips are not cut shorter for a trial: their frames are 4n + 1.
  public var frameUnit: Int { .max }

  /// Latents of a clip.
  public func tokens(of clips: ClipShape) -> Int? {
    model.latentFrames(clips.frames) * (clips.height / model.pixelFactor) * (clips.width / model.pixelFactor)
  }
  /// As for the recipe's own shape.
  public func check(_ clips: ClipShape, at path: String, _ section: Section) {
    model.check(section, clips: clips, at: path)
  }

  /// Layout, sizes, and what a latent is.
  public var conventions: [String: String] {
    [
      "layout": model.hasShortcuts ? "AutoencoderKLWan (Wan 2.2)" : "AutoencoderKLWan (Wan 2.1)",
      "pixels": "RGB, -1...1",
      "latents": "the mean of the moments, less latents_mean, over latents_std",
      AutoencoderFile.sizesKey: model.text,
    ]
  }

  /// None: all of the model makes the clip.
  public var head: [NamePattern] { [] }
  /// It has no linear layers.
  public var adapterTargets: [NamePattern] { [] }
  /// What reads pixels, and what writes them.
  public var muonExcluded: [NamePattern] {
    [NamePattern("encoder.conv_in"), NamePattern("decoder.conv_out")]
  }
  /// It generates nothing.
  public var samples: SamplesSection? { nil }

  /// Nothing.
  public func facts(of manifest: Manifest, base: TaskFacts?) throws -> TaskFacts { [:] }
  /// None.
  public func grownTables(from base: TaskFacts, to facts: TaskFacts) throws -> [String: Int] { [:] }
  /// None.
  public func textLength(_ facts: TaskFacts) -> Int { 0 }

  /// The model and what it is asked; checkpoints are chosen by the PSNR of held-out clips.
  public func subject(_ context: BuildContext) throws -> Subject {
    let autoencoder = VideoAutoencoder(model, policy: context.policy)
    let statistics = LatentStatistics(autoencoder.parameters.root, channels: model.latentChannels)
    let objective = VideoReconstruction(
      model: autoencoder, statistics: statistics, loss: loss, divergenceWeight: divergenceWeight)
    let reconstructor = AutoencoderReconstructor(model: autoencoder)
    return Subject(
      parameters: autoencoder.parameters, objective: objective, reconstructor: reconstructor,
      evaluators: [
        HeldOutLoss(objective, batch: context.batch, choosesBest: false),
        ReconstructionQuality(reconstructor, batch: context.batch, choosesBest: true),
      ])
  }
}

/// A clip from the means of its latents.
struct AutoencoderReconstructor: Reconstructor {
  let model: VideoAutoencoder

  func reconstruct(_ clips: Tensor) -> Tensor {
    model.clips(of: model.means(of: clips))
  }
}
