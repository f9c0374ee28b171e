import Clips
import Evaluation
import Fields
import Layers
import Manifests
import Models
import Objectives
import Tasks

/// `classification`: a clip to its class, by a video encoder and a head. From nothing, or from an encoder that was pretrained
/// without labels; the methods `head` and `lora` leave that encoder as it is.
public struct ClassificationTask: EncoderTask {
  /// The encoder's sizes.
  public let encoder: VideoEncoderConfiguration
  /// How tokens become one vector.
  let pooling: TokenPooling
  private let labels: LabelSource
  private let augmentation: AugmentationSection
  private let dropPath: Double
  /// t·h·w.
  public let tokensPerClip: Int

  /// Sections `model`, `head`, `labels`, `augmentation` and `objective`.
  public init(_ section: Section, clips: ClipShape) {
    let pooling = section.section("head", "What stands on top of the encoder.", TokenPooling.init)
    self.pooling = pooling
    let encoder = section.section("model", "Sizes of the video encoder.") { section in
      let layout = section.choice(
        "layout", default: EncoderLayout.videoMAE,
        "Which published model the encoder is laid out as: sinusoid positions (videoMAE), or rotary ones (vJEPA2)."
      )
      var sizes = VideoEncoderConfiguration(section, layout: layout)
      // The mean of tokens has a norm of its own behind it.
      sizes.hasFinalNorm = layout == .vJEPA2 || pooling != .mean
      return sizes
    }
    self.encoder = encoder
    labels =
      section.section("labels", "Where the classes of clips come from.", LabelsSection.init).source
    augmentation = section.section(
      "augmentation", "What is done to training clips and their classes.", AugmentationSection.init)
    dropPath = section.section("objective", "What is asked of the model.") {
      $0.number(
        "dropPath", .from(0, below: 1), default: 0,
        "Probability that a branch of the last block is left out for a training clip; it rises in equal steps from 0 in "
          + "the first block.")
    }
    tokensPerClip = encoder.patch.grid(of: clips).tokens
    encoder.patch.check(section, clips: clips)
  }

  /// As in the published files of each layout.
  public var encoderName: String { encoder.layout == .videoMAE ? "videomae" : "vjepa2" }

  /// The encoder's blocks; the few of a pooler are of no weight beside them.
  public var stacks: [Stack] { [encoderStack] }

  /// Layout, and what the output means.
  public var conventions: [String: String] {
    [
      "layout": encoder.layout == .videoMAE ? "VideoMAE" : "V-JEPA 2",
      "pixels": "RGB, -1...1; normalised by ImageNet's mean and deviation in the encoder",
      "output": "logits of the classes in the order of the attribute classes",
    ]
  }

  /// Pooling and the classifier: a linear probe with the mean, an attentive probe with the pooler.
  public var head: [NamePattern] { (pooling.names + ["classifier"]).map { NamePattern($0) } }
  /// The head: no base has one for these classes.
  public var trainedBesideAdapters: [NamePattern] { head }
  /// Embeddings of patches, and the classifier.
  public var muonExcluded: [NamePattern] { stacks.flatMap(\.before) + [NamePattern("classifier")] }

  /// By `labels.from`.
  public var classSource: LabelSource? { labels }

  /// The classes, which are the base's if those are the same.
  public func facts(of manifest: Manifest, base: TaskFacts?) throws -> TaskFacts {
    try ClassList(of: manifest, from: labels, base: ClassList(ofBase: base)).facts
  }

  /// Classes with one clip, and the like; refuses held-out clips that are trained on, too.
  public func notes(
    on train: Manifest, validation: () throws -> Manifest?, facts: TaskFacts
  ) throws -> [String] {
    let classes = try ClassList(facts)
    _ = try augmentation.augmentation(classes)
    let heldOut = try validation()
    let notes = try classes.notes(train: train, validation: heldOut, from: labels)
    if let heldOut {
      let shared = train.shared(with: Array(heldOut))
      guard shared.isEmpty else {
        throw ClassesError.shared(
          validation: heldOut.path, first: shared.prefix(ClassesError.shown).map { heldOut[$0].name },
          count: shared.count, of: heldOut.count)
      }
    }
    return notes
  }

  /// The model and what it is asked.
  public func subject(_ context: BuildContext) throws -> Subject {
    let classes = try ClassList(context.facts)
    let model = VideoClassifier(
      encoder.with(context, encoderStack), pooling: pooling, classes: classes.count, policy: context.policy)
    let labels = labels
    let objective = Classification(
      model: model, augmentation: try augmentation.augmentation(classes), dropPath: dropPath,
      classOf: { classes.number(of: $0, from: labels) })
    let scorer = ClassificationScorer(objective: objective, classes: classes.names)
    return Subject(
      parameters: model.parameters, objective: objective,
      evaluators: [TopAccuracy(scorer, batch: context.batch)], scorer: scorer,
      features: EncoderFeatures(model.encoder, pooling: model.attentivePooling))
  }
}
