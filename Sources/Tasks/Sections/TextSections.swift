import Fields
import Models

/// What tasks with captions share: the sections `tokenizer` and `textEncoder`, and the table that grows with new words.
public struct TextSections: Sendable {
  /// How captions become tokens.
  public let tokenizer: TokenizerSection
  /// Sizes of the text encoder, but for its vocabulary.
  public let encoder: TextEncoderConfiguration

  /// Declares both sections; `section` is the whole recipe.
  public init(_ section: Section) {
    tokenizer = section.section("tokenizer", "How captions become tokens.", TokenizerSection.init)
    encoder = section.section(
      "textEncoder", "Sizes of the text encoder (the layout of T5 v1.1), trained with the model.",
      TextEncoderConfiguration.init(_:))
  }

  /// The embedding of tokens, where captions have new words.
  public func grownTables(from base: TaskFacts, to facts: TaskFacts) throws -> [String: Int] {
    let (before, now) = (try base.textTokenizer(tokenizer), try facts.textTokenizer(tokenizer))
    guard now.vocabularySize > before.vocabularySize else { return [:] }
    return ["text_encoder.shared.weight": before.vocabularySize]
  }
}
