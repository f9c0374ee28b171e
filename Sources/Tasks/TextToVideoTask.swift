import Clips
import Evaluation
import Fields
import Layers
import Manifests
import Models
import Objectives
import Sampling
import Tokens

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
  /// The autoencoder through which the model sees clips; nil for pixels.
  private let keys: TaskKeys

  /// They can.
  public static let canLearnFromLatents = true

  /// On pixels.
  public init(_ section: Section, clips: ClipShape) { self.init(section, .none, clips: clips) }

  /// Sections `tokenizer`, `textEncoder`, `model`, `objective` and `samples`.
  public init(_ section: Section, _ keys: TaskKeys, clips: ClipShape) {
    self.keys = keys
    let text = TextSections(section)
    self.text = text
    transformer = section.section(
      "model", "Sizes of the video diffusion transformer (the layout of Wan 2.1)."
    ) { VideoDiffusionTransformerConfiguration($0, textWidth: text.encoder.width) }
    objective = section.section("objective", "What is asked of the model.", FlowSection.init)
    samples = section.section("samples", "Clips sampled while training, to see how it goes.") {
      SamplesSection($0, clips: clips)
    }
    let seen = keys.autoencoder?.stride.latents(of: clips) ?? clips
    tokensPerClip = seen.frames * seen.height * seen.width / transformer.patch.volume
    if let stride = keys.autoencoder?.stride {
      stride.check(section, clips: clips, patch: transformer.patch, at: "data")
      if let samples, section.reader.isWritten("samples.frames") {
        stride.checkFrames(section, samples.size.frames, patch: transformer.patch, at: "samples")
      }
    } else {
      transformer.check(section, clips: clips, samples: samples)
    }
  }

  /// By the patch, of latents where there is an autoencoder.
  public func tokens(of clips: ClipShape) -> Int? {
    let seen = keys.autoencoder?.stride.latents(of: clips) ?? clips
    return transformer.patch.grid(of: seen).tokens
  }

  /// As for the recipe's own shape.
  public func check(_ clips: ClipShape, at path: String, _ section: Section) {
    if let stride = keys.autoencoder?.stride {
      stride.check(section, clips: clips, patch: transformer.patch, at: path)
    } else {
      transformer.patch.check(section, clips: clips, at: path)
    }
  }

  /// Pixels are cut shorter by whole patches; clips of latents are not, for their frames are not a multiple.
  public var frameUnit: Int { keys.autoencoder == nil ? transformer.patch.frames : .max }

  /// From latents where there is an autoencoder.
  public var readsLatents: Bool { keys.autoencoder != nil }
  /// That of `task.autoencoder`.
  public func autoencoder() throws -> AutoencoderFile? {
    try keys.autoencoderFile()
  }

  /// The vocabulary and the length of captions, and which autoencoder it is.
  public func facts(of manifest: Manifest, base: TaskFacts?) throws -> TaskFacts {
    let facts = try TaskFacts.text(of: manifest, text.tokenizer, base: base)
    guard let autoencoder = try keys.autoencoderFile() else { return facts }
    return try facts.with(autoencoder, base: base)
  }

  /// Layouts, what the output means, and the path from clip to noise.
  public var conventions: [String: String] {
    [
      "layout": "text_encoder: T5 v1.1; transformer: Wan 2.1",
      "prediction": objective.flow.prediction.rawValue,
      "time": "0 is data, 1 is noise; the model sees 1000 t", "velocity": "noise - data",
      "pixels": "RGB, -1...1",
    ].merging(
      keys.autoencoder == nil ? [:] : ["latents": "of the autoencoder, less latents_mean, over latents_std"]
    ) { $1 }
  }

  /// None: all of the model makes the clip.
  public var head: [NamePattern] { [] }

  /// The model, rectified flow, and sampling along its velocity.
  public func subject(_ context: BuildContext) throws -> Subject {
    let tokens = try context.facts.textTokenizer(text.tokenizer)
    let autoencoder = try keys.autoencoder.map { try context.facts.autoencoder(at: $0.path) }
    var transformer = transformer.with(context)
    if let autoencoder { transformer.channels = autoencoder.configuration.latentChannels }
    let model = TextToVideoModel(
      text: text.encoder.with(vocabulary: tokens.vocabularySize, context),
      transformer: transformer, flow: objective.flow, policy: context.policy)
    let flow = RectifiedFlow(
      model: model, tokenizer: tokens, maximumTextLength: text.tokenizer.length,
      paddedTextLength: context.facts.paddedTextLength, timeLaw: objective.timeLaw,
      captionDropout: objective.captionDropout)
    let sampler = TextToVideoSampler(
      model, tokenizer: tokens, maximumTextLength: text.tokenizer.length)
    guard let autoencoder else {
      return Subject(
        parameters: model.parameters, objective: flow, sampler: sampler,
        evaluators: [HeldOutLoss(flow, batch: context.batch)],
        features: features(model, tokens, context) { $0 })
    }
    let objective = LatentObjective(flow, behind: autoencoder)
    return Subject(
      parameters: model.parameters, objective: objective,
      sampler: LatentSampler(sampler, behind: autoencoder),
      evaluators: [HeldOutLoss(objective, batch: context.batch)],
      apart: [ReconstructionQuality(autoencoder, batch: context.batch)],
      features: features(model, tokens, context) { autoencoder.encoded($0) },
      latentShape: { autoencoder.latentShape(of: $0) })
  }

  private func features(
    _ model: TextToVideoModel, _ tokens: any Tokenizer, _ context: BuildContext,
    prepare: @escaping @Sendable (Examples) -> Examples
  ) -> DiffusionFeatures {
    DiffusionFeatures(
      model, tokenizer: tokens, maximumTextLength: text.tokenizer.length,
      paddedTextLength: context.facts.paddedTextLength, prepare: prepare)
  }
}
