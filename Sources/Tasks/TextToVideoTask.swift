import Clips
import Evaluation
import Fields
import Layers
import Models
import Objectives
import Sampling

/// `textToVideo`: a caption to a clip, by a text encoder and a video diffusion transformer that are trained together.
public struct TextToVideoTask: CaptionedTask {
  /// How captions become tokens, and the text encoder's sizes.
  public let text: TextSections
  /// The transformer's sizes.
  public let transformer: VideoDiffusionTransformerConfiguration
  let objective: FlowSection
  /// What is sampled while training.
  public let samples: SamplesSection?
  /// t·h·w.
  public let tokensPerClip: Int

  /// Sections `tokenizer`, `textEncoder`, `model`, `objective` and `samples`.
  public init(_ section: Section, clips: ClipShape) {
    let text = TextSections(section)
    self.text = text
    transformer = section.section(
      "model", "Sizes of the video diffusion transformer (the layout of Wan 2.1)."
    ) { VideoDiffusionTransformerConfiguration($0, textWidth: text.encoder.width) }
    objective = section.section("objective", "What is asked of the model.", FlowSection.init)
    samples = section.section("samples", "Clips sampled while training, to see how it goes.") {
      SamplesSection($0, clips: clips)
    }
    tokensPerClip = clips.frames * clips.height * clips.width / transformer.patch.volume
    transformer.check(section, clips: clips, samples: samples)
  }

  /// Layouts, what the output means, and the path from clip to noise.
  public var conventions: [String: String] {
    [
      "layout": "text_encoder: T5 v1.1; transformer: Wan 2.1",
      "prediction": objective.flow.prediction.rawValue,
      "time": "0 is data, 1 is noise; the model sees 1000 t", "velocity": "noise - data",
      "pixels": "RGB, -1...1",
    ]
  }

  /// None: all of the model makes the clip.
  public var head: [NamePattern] { [] }

  /// The model, rectified flow, and sampling along its velocity.
  public func subject(_ context: BuildContext) throws -> Subject {
    let tokens = try context.facts.textTokenizer(text.tokenizer)
    let model = TextToVideoModel(
      text: text.encoder.with(vocabulary: tokens.vocabularySize, context),
      transformer: transformer.with(context), flow: objective.flow, policy: context.policy)
    let flow = RectifiedFlow(
      model: model, tokenizer: tokens, maximumTextLength: text.tokenizer.length,
      paddedTextLength: context.facts.paddedTextLength, timeLaw: objective.timeLaw,
      captionDropout: objective.captionDropout)
    return Subject(
      parameters: model.parameters, objective: flow,
      sampler: TextToVideoSampler(model, tokenizer: tokens, maximumTextLength: text.tokenizer.length),
      evaluators: [HeldOutLoss(flow, batch: context.batch)],
      features: DiffusionFeatures(
        model, tokenizer: tokens, maximumTextLength: text.tokenizer.length,
        paddedTextLength: context.facts.paddedTextLength))
  }
}
