/// Lower-cased words and punctuation marks as tokens, from a vocabulary that the training captions give.
///
/// A word is a run of letters, digits and apostrophes; any other character but white space is a token of its own.
public struct WordTokenizer: Tokenizer, Equatable {
  /// The vocabulary: word `i` has id `i + 3`.
  public let words: [String]
  private let ids: [String: Int]

  /// A tokenizer of a given vocabulary.
  /// - Parameter words: all different.
  public init(words: [String]) {
    self.words = words
    ids = Dictionary(uniqueKeysWithValues: words.enumerated().map { ($1, $0 + SpecialToken.count) })
  }

  /// A tokenizer of the words in `captions`: the most frequent first, equally frequent ones in alphabetical order, so
  /// that the order of the captions does not matter.
  public init(captions: some Sequence<String>, maximumWords: Int = 8192) {
    var counts: [String: Int] = [:]
    for caption in captions {
      for word in Self.split(caption) { counts[word, default: 0] += 1 }
    }
    let ranked = counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
    self.init(words: ranked.prefix(maximumWords).map(\.key))
  }

  /// Always `.words`.
  public var kind: TokenizerKind { .words }
  /// 3 special ids and the words.
  public var vocabularySize: Int { words.count + SpecialToken.count }

  /// The ids of the caption's words and the end token, cut to `length` ids.
  public func encode(_ caption: String, length: Int) -> [Int] {
    ended(Self.split(caption).lazy.map { ids[$0] ?? SpecialToken.unknown }, length: length)
  }

  /// The words that the vocabulary lacks, in order, each once.
  public func unknownWords(in caption: String) -> [String] {
    var seen: Set<String> = []
    return Self.split(caption).filter { ids[$0] == nil && seen.insert($0).inserted }
  }

  /// The words and punctuation marks of a text, lower-cased.
  static func split(_ text: String) -> [String] {
    var words: [String] = []
    var word = ""
    for character in text.lowercased() {
      if character.isLetter || character.isNumber || character == "'" {
        word.append(character)
        continue
      }
      if !word.isEmpty { words.append(word) }
      word = ""
      if !character.isWhitespace { words.append(String(character)) }
    }
    return word.isEmpty ? words : words + [word]
  }
}
