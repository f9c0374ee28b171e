/// Turns captions into token ids. 0 is padding, 1 the end of a caption, 2 what is unknown.
public protocol Tokenizer: Sendable {
  /// Which tokenizer this is.
  var kind: TokenizerKind { get }
  /// Ids are in 0..<vocabularySize.
  var vocabularySize: Int { get }
  /// The vocabulary beyond the kind, for a checkpoint: `kind.tokenizer(words:)` makes an equal tokenizer from it.
  var words: [String] { get }
  /// The ids of a caption, the end token last; cut to `length` ids, the end token included.
  func encode(_ caption: String, length: Int) -> [Int]
  /// The words of a caption that this tokenizer does not know, in order, each once.
  func unknownWords(in caption: String) -> [String]
}

/// The ids that mean the same in every tokenizer (as in T5).
public enum SpecialToken {
  /// Fills a row behind the end of its caption.
  public static let padding = 0
  /// Ends a caption.
  public static let end = 1
  /// Stands for what the vocabulary lacks.
  public static let unknown = 2
  /// How many ids are special.
  public static let count = 3
}

/// The tokenizers to choose from.
public enum TokenizerKind: String, Sendable, Codable, CaseIterable {
  /// UTF-8 bytes, as ByT5: needs no vocabulary.
  case bytes
  /// Words of the training captions.
  case words

  /// A tokenizer with a vocabulary made from captions.
  /// - Parameter maximumWords: the most words to keep, the most frequent ones.
  public func tokenizer(captions: some Sequence<String>, maximumWords: Int = 8192) -> any Tokenizer {
    switch self {
    case .bytes: ByteTokenizer()
    case .words: WordTokenizer(captions: captions, maximumWords: maximumWords)
    }
  }

  /// The tokenizer whose vocabulary was `words`.
  public func tokenizer(words: [String]) -> any Tokenizer {
    switch self {
    case .bytes: ByteTokenizer()
    case .words: WordTokenizer(words: words)
    }
  }
}

/// The given ids, cut so that the end token fits within `length`.
func ended(_ ids: some Sequence<Int>, length: Int) -> [Int] {
  precondition(length >= 1, "a caption needs room for its end token")
  return ids.prefix(length - 1) + [SpecialToken.end]
}
