import Fields
import Tokens

/// How captions become tokens.
public struct TokenizerSection: Sendable, Equatable {
  /// What a token stands for.
  public let kind: TokenizerKind
  /// The most tokens of a caption that are read.
  public let length: Int

  /// Declares `kind` and `length`.
  public init(_ section: Section) {
    kind = section.choice(
      "kind", default: TokenizerKind.bytes,
      "What a token is: a byte of UTF-8 (any caption, no vocabulary), or a word of the training captions.")
    length = section.integer(
      "length", 2...1024, default: 128,
      "Most text tokens of a caption, its end included; the rest is cut off.")
  }

  /// A tokenizer that cuts captions as any of its kind, whatever words it knows.
  public var anyVocabulary: any Tokenizer { kind.tokenizer(words: []) }

  /// How many of some captions are cut.
  public func cut(_ captions: some Sequence<String>) -> CutCaptions {
    CutCaptions(captions, anyVocabulary, limit: length)
  }
}
