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
  let tokenizer: TokenizerSection
  let text: TextEncoderConfiguration
  let transformer: VideoDiffusionTransformerConfiguration
  let objective: FlowSection
  /// What is sampled while training.
  public let samples: SamplesSection?
  /// t·h·w.
  public let tokensPerClip: Int

  /// Sections `tokenizer`, `textEncoder`, `model`, `objective` and `samples`.
  public init(_ section: Section, clips: ClipShape) {
    tokenizer = section.section("tokenizer", "How captions become tokens.", TokenizerSection.init)
    let text = section.section(
      "textEncoder", "Sizes of the text encoder (the layout of T5 v1.1), trained with the model.",
      TextEncoderConfiguration.init(_:))
    self.text = text
    transformer = section.section(
      "model", "Sizes of the video diffusion transformer (the layout of Wan 2.1)."
    ) { VideoDiffusionTransformerConfiguration($0, textWidth: text.width) }
    objective = section.section("objective", "What is asked of the model.", FlowSection.init)
    samples = section.section("samples", "Clips sampled while training, to see how it goes.") {
      SamplesSection($0, clips: clips)
    }
    tokensPerClip = clips.frames * clips.height * clips.width / transformer.patch.volume
    transformer.check(section, clips: clips, samples: samples)
  }

  /// Captions.
  public var needs: ExampleNeeds { .captions }

  /// The transformer's blocks and the text encoder's, which has no bias between tokens without its first block.
  public var stacks: [Stack] {
    [
      Stack("transformer.blocks", depth: transformer.depth),
      Stack("text_encoder.encoder.block", depth: text.depth, least: min(text.depth, 1)),
    ]
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

  /// Attention and feed-forward of both stacks.
  public var adapterTargets: [NamePattern] {
    [
      "transformer.blocks.*.attn1", "transformer.blocks.*.attn2", "transformer.blocks.*.ffn",
      "text_encoder.encoder.block.*.SelfAttention", "text_encoder.encoder.block.*.DenseReluDense",
    ].map(NamePattern.init)
  }

  /// The vocabulary and the length of captions.
  public func facts(of manifest: Manifest, base: TaskFacts?) throws -> TaskFacts {
    try .text(of: manifest, tokenizer, base: base)
  }

  /// The embedding of tokens, where captions have new words.
  public func grownTables(from base: TaskFacts, to facts: TaskFacts) throws -> [String: Int] {
    let (before, now) = (try base.textTokenizer(tokenizer), try facts.textTokenizer(tokenizer))
    guard now.vocabularySize > before.vocabularySize else { return [:] }
    return ["text_encoder.shared.weight": before.vocabularySize]
  }

  /// That of the longest training caption.
  public func textLength(_ facts: TaskFacts) -> Int { facts.paddedTextLength }

  /// The model, rectified flow, and sampling along its velocity.
  public func subject(_ context: BuildContext) throws -> Subject {
    let tokens = try context.facts.textTokenizer(tokenizer)
    let model = TextToVideoModel(
      text: text.with(vocabulary: tokens.vocabularySize, context),
      transformer: transformer.with(context), flow: objective.flow, policy: context.policy)
    let flow = RectifiedFlow(
      model: model, tokenizer: tokens, maximumTextLength: tokenizer.length,
      paddedTextLength: context.facts.paddedTextLength, timeLaw: objective.timeLaw,
      captionDropout: objective.captionDropout)
    return Subject(
      parameters: model.parameters, objective: flow,
      sampler: TextToVideoSampler(model, tokenizer: tokens, maximumTextLength: tokenizer.length),
      evaluators: [HeldOutLoss(flow, batch: context.batch)])
  }
}

extension TextEncoderConfiguration {
  /// The same for a vocabulary, with as many blocks as the context says.
  func with(vocabulary: Int, _ context: BuildContext) -> TextEncoderConfiguration {
    var sizes = self
    sizes.vocabulary = vocabulary
    sizes.depth = context.depths["text_encoder.encoder.block"] ?? depth
    return sizes
  }
}

extension VideoDiffusionTransformerConfiguration {
  /// The same with as many blocks as the context says, which keep for backward what it says.
  func with(_ context: BuildContext) -> VideoDiffusionTransformerConfiguration {
    var sizes = self
    sizes.depth = context.depths["transformer.blocks"] ?? depth
    sizes.recomputesBlocks = context.recomputesBlocks
    sizes.savedPrecision = context.savedPrecision
    return sizes
  }
}
