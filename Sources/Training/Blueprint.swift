import Checkpoints
import Clips
import Hashing
import Layers
import Manifests
import Models
import Objectives
import Recipes
import Tensors
import Tokens

/// What it takes to build a run's model: its recipe and its tokenizer.
public struct Blueprint: Sendable {
  /// The recipe, which decides all sizes.
  public let recipe: Recipe
  /// Captions to ids, with the vocabulary that the run began with.
  public let tokenizer: any Tokenizer
  /// Every batch's captions are padded to at least this many tokens, so that buffers have the same sizes at each step.
  public let textLength: Int
  /// A fingerprint of the training clips, as the manifest names them: positions of the order mean clips of this list.
  let clips: String

  /// A new run's blueprint. The vocabulary is that of the checkpoint that the run starts from, so that ids go on meaning
  /// what they meant, or else is made from the training captions.
  ///
  /// - Throws: `FreezingError` and `StartError`.
  public init(_ recipe: Recipe, _ manifest: Manifest, start: LoadedCheckpoint? = nil) throws {
    let captions = manifest.indices.lazy.map { manifest.caption($0) }
    let kind = TokenizerKind(rawValue: recipe.tokenizer.kind.rawValue)!
    let tokenizer =
      try start.map { try Self.tokenizer(of: $0, kind: kind) } ?? kind.tokenizer(captions: captions)
    var longest = 1
    for caption in captions where longest < recipe.tokenizer.length {
      longest = max(longest, tokenizer.encode(caption, length: recipe.tokenizer.length).count)
    }
    self.init(recipe, tokenizer: tokenizer, textLength: longest, clips: Self.fingerprint(manifest))
    try checkFreezing()
  }

  init(_ recipe: Recipe, tokenizer: any Tokenizer, textLength: Int, clips: String) {
    self.recipe = recipe
    self.tokenizer = tokenizer
    self.textLength = textLength
    self.clips = clips
  }

  /// Whether these are the clips that the run began with.
  public func isOf(_ manifest: Manifest) -> Bool { clips == Self.fingerprint(manifest) }

  /// Names, captions and pieces of all clips in order, as one SHA-256.
  private static func fingerprint(_ manifest: Manifest) -> String {
    var hash = SHA256()
    for entry in manifest {
      hash.update(entry.name)
      hash.update(entry.caption)
      for time in [entry.start, entry.end] { hash.update(time.map { "\($0)" } ?? "") }
    }
    return hash.finish()
  }

  /// The same vocabulary under a recipe that differs in nothing the model depends on.
  public func with(_ recipe: Recipe) -> Blueprint {
    Blueprint(recipe, tokenizer: tokenizer, textLength: textLength, clips: clips)
  }

  /// The model, its parameters registered and not yet allocated.
  ///
  /// - Parameters: numbers of blocks of the transformer and of the text encoder, if not those of the recipe.
  public func makeModel(depth: Int? = nil, textDepth: Int? = nil) -> TextToVideoModel {
    let (text, model) = (recipe.textEncoder, recipe.model)
    return TextToVideoModel(
      text: TextEncoderConfiguration(
        vocabulary: tokenizer.vocabularySize, width: text.width, depth: textDepth ?? text.depth,
        heads: text.heads,
        headWidth: text.headWidth, feedForward: text.feedForward),
      transformer: VideoDiffusionTransformerConfiguration(
        channels: 3, patch: patch, width: model.width, depth: depth ?? model.depth, heads: model.heads,
        feedForward: model.feedForward, textWidth: text.width, frequencyWidth: model.frequencyWidth,
        pooledText: model.pooledText, absolutePositions: model.absolutePositions,
        recomputesBlocks: recipe.training.recompute,
        savedPrecision: Precision(rawValue: recipe.training.savedActivations.rawValue)!),
      flow: flow, freezing: freezing)
  }

  /// What the recipe freezes.
  public var freezing: Freezing {
    Freezing(
      recipe.training.frozen, precision: Precision(rawValue: recipe.training.frozenPrecision.rawValue)!)
  }

  /// What one token covers.
  public var patch: PatchSize {
    PatchSize(frames: recipe.model.patch[0], height: recipe.model.patch[1], width: recipe.model.patch[2])
  }

  /// The conventions of the flow.
  public var flow: Flow {
    let shift: Flow.Shift =
      switch recipe.objective.times.shift {
      case .tokens: .tokens
      case .constant(let shift): .constant(shift)
      }
    return Flow(prediction: Flow.Prediction(rawValue: recipe.objective.prediction.rawValue)!, shift: shift)
  }

  /// The objective that trains a model of this blueprint.
  public func makeObjective(_ model: TextToVideoModel) -> any Objective {
    let times = recipe.objective.times
    return switch recipe.objective.kind {
    case .rectifiedFlow:
      RectifiedFlow(
        model: model, tokenizer: tokenizer, maximumTextLength: recipe.tokenizer.length,
        paddedTextLength: textLength,
        timeLaw: .init(mean: times.mean, deviation: times.deviation),
        captionDropout: recipe.objective.captionDropout)
    }
  }

  /// The optimizer of a model's parameters, which must be allocated.
  public func makeOptimizer(_ model: TextToVideoModel) -> AdamW {
    let recipe = recipe.optimizer
    return AdamW(
      model.parameters,
      .init(
        beta1: recipe.betas[0], beta2: recipe.betas[1], epsilon: recipe.epsilon,
        weightDecay: recipe.weightDecay,
        averageDecay: recipe.averageDecay))
  }

  /// The shape of a training clip.
  public var clipShape: ClipShape { recipe.data.clipShape }

  /// N, the tokens of a training clip.
  public var tokensPerClip: Int { recipe.data.frames * recipe.data.height * recipe.data.width / patch.volume }
}

extension DataRecipe {
  /// The shape of a sample.
  public var clipShape: ClipShape {
    ClipShape(frames: frames, height: height, width: width, frameRate: frameRate)
  }
}
