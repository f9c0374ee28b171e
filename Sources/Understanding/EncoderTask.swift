import Clips
import Layers
import Manifests
import Models
import Tasks

/// A task whose model is a video encoder and something on top of it, and which reads no captions: what follows from that alone.
public protocol EncoderTask: VideoTask {
  /// The encoder's sizes.
  var encoder: VideoEncoderConfiguration { get }
  /// Where the encoder's parameters are registered: "videomae", "vjepa2"; "" for the root.
  var encoderName: String { get }
}

/// A task that teaches an encoder what clips show without labels, by parts that are of no use afterwards.
public protocol PretrainingTask: EncoderTask {
  /// The beginnings of the names of those parts' parameters.
  var discarded: [String] { get }
  /// The sections of a recipe that are about pretraining alone.
  var sections: [String] { get }
}

extension PretrainingTask {
  /// Nothing: what stands on top of the encoder goes when a model is fine-tuned.
  public var head: [NamePattern] { [] }
  /// Encoders that know clips are taught to tell classes.
  public var finetuning: FinetuningKind? {
    FinetuningKind(
      kind: "classification", dropped: sections, keys: ["model.layout": encoder.layout.rawValue])
  }
}

extension EncoderTask {
  /// None are read.
  public var captions: TokenizerSection? { nil }
  /// Nothing is generated.
  public var samples: SamplesSection? { nil }
  /// The frames of a patch.
  public var frameUnit: Int { encoder.patch.frames }
  /// Attention and feed-forward of the encoder.
  public var adapterTargets: [NamePattern] { encoderStack.projections(encoder.layout) }
  /// No captions, no tokens of theirs.
  public func textLength(_ facts: TaskFacts) -> Int { 0 }
  /// Nothing.
  public func facts(of manifest: Manifest, base: TaskFacts?) throws -> TaskFacts { [:] }
  /// None.
  public func grownTables(from base: TaskFacts, to facts: TaskFacts) throws -> [String: Int] { [:] }

  /// The encoder's blocks.
  public var encoderStack: Stack {
    let name = encoderName.isEmpty ? "encoder" : "\(encoderName).encoder"
    let embeddings = encoder.layout == .videoMAE ? "\(encoderName).embeddings" : "\(name).embeddings"
    return Stack("\(name).layer", depth: encoder.blocks.depth, before: [NamePattern(embeddings)])
  }
}

extension Stack {
  /// The linear layers of the blocks.
  func projections(_ layout: EncoderLayout) -> [NamePattern] {
    let parts: [String] =
      switch layout {
      case .videoMAE: ["attention", "intermediate", "output"]
      case .vJEPA2: ["attention", "mlp"]
      }
    return parts.map { NamePattern("\(name).*.\($0)") }
  }
}

extension VideoEncoderConfiguration {
  /// The same with as many blocks as the context says, which keep for backward what it says.
  func with(_ context: BuildContext, _ stack: Stack) -> VideoEncoderConfiguration {
    var sizes = self
    sizes.blocks = blocks.with(context, stack)
    return sizes
  }
}

extension BlockSizes {
  /// The same with as many blocks as the context says, which keep for backward what it says.
  func with(_ context: BuildContext, _ stack: Stack) -> BlockSizes {
    var sizes = self
    sizes.depth = context.depths[stack.name] ?? depth
    sizes.recomputesBlocks = context.recomputesBlocks
    sizes.savedPrecision = context.savedPrecision
    return sizes
  }
}
