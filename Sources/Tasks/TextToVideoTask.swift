import Clips
import Evaluation
import Fields
import Layers
import Manifests
import Models
import Objectives
import Sampling

/// `textToVideo`: a caption to a clip, by a text encoder and a video diffusion transformer that are trained together.
public struct TextToVideoTask: VideoTask {
  let text: TextSections
  let transformer: VideoDiffusionTransformerConfiguration
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

  /// By `tokenizer`.
  public var captions: TokenizerSection? { text.tokenizer }

  /// The transformer's blocks and the text encoder's.
  public var stacks: [Stack] { [transformer.stack, text.encoder.stack] }

  /// The frames of a patch.
  public var frameUnit: Int { transformer.patch.frames }

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

  /// Attention and feed-forward of both stacks.
  public var adapterTargets: [NamePattern] { transformer.adapterTargets + text.encoder.adapterTargets }

  /// The vocabulary and the length of captions.
  public func facts(of manifest: Manifest, base: TaskFacts?) throws -> TaskFacts {
    try .text(of: manifest, text.tokenizer, base: base)
  }

  /// The embedding of tokens, where captions have new words.
  public func grownTables(from base: TaskFacts, to facts: TaskFacts) throws -> [String: Int] {
    try text.grownTables(from: base, to: facts)
  }

  /// That of the longest training caption.
  public func textLength(_ facts: TaskFacts) -> Int { facts.paddedTextLength }

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
      evaluators: [HeldOutLoss(flow, batch: context.batch)])
  }
}
