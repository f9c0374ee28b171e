import Clips
import Evaluation
import Fields
import Layers
import Models
import Objectives
import Tasks

/// `jointEmbedding`: some of a clip to the features of the rest, by V-JEPA 2's encoder and predictor. Clips need neither
/// captions nor labels.
public struct JointEmbeddingTask: PretrainingTask {
  /// The encoder's sizes.
  public let encoder: VideoEncoderConfiguration
  /// As in the published files: the root.
  public let encoderName = ""
  private let predictor: BlockSizes
  private let masks: MultiBlockMasks
  /// t·h·w.
  public let tokensPerClip: Int
  /// The average of the weights is the teacher.
  public let learnsFromAverage = true

  /// Sections `model`, `predictor` and `objective`.
  public init(_ section: Section, clips: ClipShape) {
    let encoder = section.section("model", "Sizes of the video encoder (the layout of V-JEPA 2).") {
      VideoEncoderConfiguration($0, layout: .vJEPA2)
    }
    self.encoder = encoder
    predictor = section.section(
      "predictor", "Sizes of the predictor that tells what was hidden; only pretraining has one."
    ) {
      BlockSizes($0, width: 192, depth: 6, heads: 6, hasRotary: true)
    }
    let grid = encoder.patch.grid(of: clips)
    masks = section.section("objective", "What is asked of the model.") {
      MultiBlockMasks($0, grid: grid)
    }
    tokensPerClip = grid.tokens
    encoder.patch.check(section, clips: clips)
  }

  private var predictorStack: Stack {
    Stack("predictor.layer", depth: predictor.depth, before: [NamePattern("predictor.embeddings")])
  }

  /// The encoder's blocks and the predictor's.
  public var stacks: [Stack] { [encoderStack, predictorStack] }

  /// Embeddings of patches and features, and the predictor's last projection.
  public var muonExcluded: [NamePattern] { stacks.flatMap(\.before) + [NamePattern("predictor.proj")] }

  /// Layout, and what the output means.
  public var conventions: [String: String] {
    [
      "layout": "V-JEPA 2",
      "pixels": "RGB, -1...1; normalised by ImageNet's mean and deviation in the encoder",
      "prediction":
        "features that the averaged encoder has of hidden tokens, each token with mean 0 and variance 1",
    ]
  }

  /// The predictor.
  public let discarded = ["predictor"]
  /// Its sizes, and what is hidden.
  public let sections = ["predictor", "objective"]

  /// Trials of a plan keep all frames: of fewer a mask might hide nothing, or all.
  public var frameUnit: Int { .max }

  /// The model and what it is asked. A small loss is no good model by itself, so checkpoints are chosen by what features
  /// tell.
  public func subject(_ context: BuildContext) throws -> Subject {
    let model = JointEmbeddingModel(
      encoder.with(context, encoderStack), predictor: predictor.with(context, predictorStack),
      kinds: masks.kinds.count, policy: context.policy)
    let objective = FeaturePrediction(model: model, masks: masks)
    return Subject(
      parameters: model.parameters, objective: objective,
      evaluators: [
        HeldOutLoss(objective, batch: context.batch, choosesBest: false),
        FeatureStatistics(batch: context.batch) { model.encoder.output($0) },
      ], measuresClasses: true, features: EncoderFeatures(model.encoder))
  }
}
