/// How captions become tokens.
public struct TokenizerRecipe: Equatable, Sendable {
  /// What a token stands for.
  public enum Kind: String, CaseIterable, Sendable {
    /// One token a byte of UTF-8, as in ByT5; needs no vocabulary.
    case bytes
    /// One token a word of the training captions.
    case words
  }

  /// What a token stands for.
  public let kind: Kind
  /// The most tokens of a caption that are read.
  public let length: Int

  init(_ section: Section) {
    kind = section.choice(
      "kind", default: Kind.bytes,
      "What a token is: a byte of UTF-8 (any caption, no vocabulary), or a word of the training captions.")
    length = section.integer(
      "length", 2...1024, default: 128,
      "Most text tokens of a caption, its end included; the rest is cut off.")
  }
}

/// The sizes of the text encoder, which has the layout of T5 v1.1.
public struct TextEncoderRecipe: Equatable, Sendable {
  /// Values in a text token.
  public let width: Int
  /// Blocks; 0 leaves the embedding alone.
  public let depth: Int
  /// Attention heads.
  public let heads: Int
  /// Values in a head.
  public let headWidth: Int
  /// Width of the feed-forward layers.
  public let feedForward: Int

  init(_ section: Section) {
    width = section.integer("width", 1...16384, default: 256, "Values in a text token.")
    depth = section.integer(
      "depth", 0...48, default: 2, "Blocks of the encoder; 0 leaves the embedding alone.")
    heads = section.integer("heads", 1...256, default: 4, "Attention heads in a block.")
    headWidth = section.integer(
      "headWidth", 1...16384, default: max(1, width / heads), from: "textEncoder.width / heads",
      "Values in a head; heads × headWidth may differ from width, as in T5.")
    feedForward = section.integer(
      "feedForward", 1...65536, default: 512, "Width of the gated feed-forward layer in a block.")
  }
}
