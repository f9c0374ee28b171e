import Clips
import Evaluation
import Fields
import Layers
import Models
import Objectives
import Tasks

/// `maskedAutoencoder`: a clip of which most is hidden to what was hidden, by VideoMAE's encoder and decoder. Clips need
/// neither captions nor labels.
public struct MaskedAutoencoderTask: PretrainingTask {
  /// The encoder's sizes.
  public let encoder: VideoEncoderConfiguration
  /// As in the published files.
  public let encoderName = "videomae"
  private let decoder: BlockSizes
  private let mask: TokenMask
  private let targets: PatchTargets
  /// t·h·w.
  public let tokensPerClip: Int

  /// Sections `model`, `decoder` and `objective`.
  public init(_ section: Section, clips: ClipShape) {
    let encoder = section.section("model", "Sizes of the video encoder (the layout of VideoMAE).") {
      VideoEncoderConfiguration($0, layout: .videoMAE)
    }
    self.encoder = encoder
    decoder = section.section(
      "decoder", "Sizes of the decoder that fills in what was hidden; only pretraining has one."
    ) {
      BlockSizes($0, width: 192, depth: 4, heads: 3, hasRotary: false)
    }
    let grid = encoder.patch.grid(of: clips)
    (mask, targets) = section.section("objective", "What is asked of the model.") { section in
      let unit = section.choice(
        "mask", default: TokenMask.Unit.tube,
        "What is hidden as a whole: places of the picture for all of the clip's time (tube), all of a time (frame), or "
          + "single patches (random).")
      let share = section.number(
        "hiddenShare", .above(0, below: 1), default: 0.9,
        "Share of tubes, frames or patches that are hidden.")
      let mask = TokenMask(unit, share: share)
      let units = mask.units(in: grid)
      section.expect(
        units == 0 || mask.isUseful(in: grid), of: "hiddenShare", "mask", "model.patch", "data.frames",
        "data.height", "data.width",
        otherwise:
          "\(share) of the \(units) \(unit.plural(units)) hides "
          + "\(mask.hiddenUnits(in: grid) == 0 ? "none" : "all") of them; take another share, smaller patches "
          + "(model.patch) or larger clips")
      let isNormalized = section.flag(
        "normalizedTargets", default: true,
        "Whether each hidden patch is asked for with mean 0 and variance 1 in each channel.")
      return (mask, PatchTargets(isNormalized: isNormalized))
    }
    tokensPerClip = grid.tokens
    encoder.patch.check(section, clips: clips)
  }

  private var decoderStack: Stack {
    Stack(
      "decoder.decoder_layers", depth: decoder.depth,
      before: ["encoder_to_decoder", "mask_token"].map { NamePattern($0) })
  }

  /// The encoder's blocks and the decoder's.
  public var stacks: [Stack] { [encoderStack, decoderStack] }

  /// Embeddings of patches and tokens, and the decoder's last projection.
  public var muonExcluded: [NamePattern] { stacks.flatMap(\.before) + [NamePattern("decoder.head")] }

  /// Layout, and what the output means.
  public var conventions: [String: String] {
    [
      "layout": "VideoMAE",
      "pixels": "RGB, -1...1; normalised by ImageNet's mean and deviation in the encoder",
      "prediction": targets.isNormalized
        ? "pixels 0...1 of hidden patches, each channel with mean 0 and variance 1"
        : "pixels 0...1 of hidden patches",
    ]
  }

  /// The decoder.
  public let discarded = ["encoder_to_decoder", "mask_token", "decoder"]
  /// Its sizes, and what is hidden.
  public let sections = ["decoder", "objective"]

  /// Trials of a plan keep all frames: of fewer a mask might hide nothing, or all.
  public var frameUnit: Int { .max }

  /// The model and what it is asked.
  public func subject(_ context: BuildContext) throws -> Subject {
    let model = MaskedAutoencoder(
      encoder.with(context, encoderStack), decoder: decoder.with(context, decoderStack),
      policy: context.policy)
    let objective = MaskedReconstruction(model: model, mask: mask, targets: targets)
    return Subject(
      parameters: model.parameters, objective: objective,
      evaluators: [HeldOutLoss(objective, batch: context.batch)], features: EncoderFeatures(model.encoder))
  }
}

extension TokenMask.Unit {
  /// What is hidden as a whole, so many of it.
  fileprivate func plural(_ count: Int) -> String {
    switch self {
    case .tube: count == 1 ? "place of a frame" : "places of a frame"
    case .frame: count == 1 ? "latent frame" : "latent frames"
    case .random: count == 1 ? "patch" : "patches"
    }
  }
}
