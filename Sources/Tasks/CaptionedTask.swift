import Clips
import Fields
import Layers
import Manifests
import Models

/// A task whose model reads captions by a text encoder that is trained with it, and clips by a video diffusion transformer:
/// what follows from these two parts alone.
public protocol CaptionedTask: VideoTask {
  /// How captions become tokens, and the text encoder's sizes.
  var text: TextSections { get }
  /// The transformer's sizes.
  var transformer: VideoDiffusionTransformerConfiguration { get }
}

extension CaptionedTask {
  /// By `tokenizer`.
  public var captions: TokenizerSection? { text.tokenizer }

  /// The transformer's blocks and the text encoder's.
  public var stacks: [Stack] { [transformer.stack, text.encoder.stack] }

  /// The frames of a patch.
  public var frameUnit: Int { transformer.patch.frames }

  /// t·h·w: positions follow each clip's own grid.
  public func tokens(of clips: ClipShape) -> Int? { transformer.patch.grid(of: clips).tokens }

  /// The patch must divide it.
  public func check(_ clips: ClipShape, at path: String, _ section: Section) {
    transformer.patch.check(section, clips: clips, at: path)
  }

  /// Attention and feed-forward of both stacks.
  public var adapterTargets: [NamePattern] { transformer.adapterTargets + text.encoder.adapterTargets }

  /// Embeddings of patches, conditions and words, and the last projection.
  public var muonExcluded: [NamePattern] {
    stacks.flatMap(\.before) + [NamePattern("transformer.proj_out")]
  }

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
}
