import Clips
import Evaluation
import Fields
import Layers
import Models
import Tasks

/// `denoising`: a noisy clip and its caption to the clip behind the noise.
public struct DenoisingTask: CaptionedTask {
  /// How captions become tokens, and the text encoder's sizes.
  public let text: TextSections
  /// The transformer's sizes.
  public let transformer: VideoDiffusionTransformerConfiguration
  private let strength: Double
  /// t·h·w.
  public let tokensPerClip: Int

  /// Sections `tokenizer`, `textEncoder`, `model` and `objective`.
  public init(_ section: Section, clips: ClipShape) {
    let text = TextSections(section)
    self.text = text
    transformer = section.section(
      "model", "Sizes of the video diffusion transformer (the layout of Wan 2.1)."
    ) { VideoDiffusionTransformerConfiguration($0, textWidth: text.encoder.width) }
    strength = section.section("objective", "What is asked of the model.") {
      $0.number(
        "strength", .above(0, through: 1), default: 0.5,
        "Standard deviation of the noise that is laid over clips, whose pixels are from −1 to 1.")
    }
    tokensPerClip = clips.frames * clips.height * clips.width / transformer.patch.volume
    transformer.check(section, clips: clips)
  }

  /// Layouts, and what the model is told.
  public var conventions: [String: String] {
    [
      "layout": "text_encoder: T5 v1.1; transformer: Wan 2.1", "prediction": "x0",
      "time": "the noise's standard deviation; the model sees 1000 t", "pixels": "RGB, -1...1",
    ]
  }
  /// The last projection and the table before it.
  public var head: [NamePattern] {
    [NamePattern("transformer.proj_out"), NamePattern("transformer.scale_shift_table")]
  }
  /// None.
  public var samples: SamplesSection? { nil }

  /// The model and the denoising objective; it samples nothing.
  public func subject(_ context: BuildContext) throws -> Subject {
    let tokens = try context.facts.textTokenizer(text.tokenizer)
    let model = TextToVideoModel(
      text: text.encoder.with(vocabulary: tokens.vocabularySize, context),
      transformer: transformer.with(context), flow: Flow(prediction: .x0, shift: .constant(1)),
      policy: context.policy)
    let objective = Denoising(
      model: model, tokenizer: tokens, maximumTextLength: text.tokenizer.length,
      paddedTextLength: context.facts.paddedTextLength, strength: strength)
    return Subject(
      parameters: model.parameters, objective: objective,
      evaluators: [HeldOutLoss(objective, batch: context.batch)],
      features: DiffusionFeatures(
        model, tokenizer: tokens, maximumTextLength: text.tokenizer.length,
        paddedTextLength: context.facts.paddedTextLength, standardTime: strength, clipShare: { _ in 1 }))
  }
}
