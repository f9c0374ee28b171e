/// Captions of which a model reads the beginning alone, because they have more tokens than it takes.
public struct CutCaptions: Sendable, Encodable, Equatable {
  /// The most tokens that are read of a caption, its end included.
  public let limit: Int
  /// How many captions there are, and how many of them are cut.
  public private(set) var count = 0, longer = 0
  /// The tokens of the longest caption, its end included.
  public private(set) var longest = 0

  /// Counts captions.
  /// - Parameter limit: the most tokens that are read.
  public init(_ captions: some Sequence<String>, _ tokenizer: any Tokenizer, limit: Int) {
    self.limit = limit
    for caption in captions {
      let tokens = tokenizer.encode(caption, length: .max).count
      count += 1
      if tokens > limit { longer += 1 }
      longest = max(longest, tokens)
    }
  }

  /// A sentence for the user; nil when none is cut.
  /// - Parameter what: what the captions are called there, as in "prompts".
  public func note(_ what: String = "captions") -> String? {
    longer == 0
      ? nil
      : "\(longer) of \(count) \(what) \(longer == 1 ? "is" : "are") cut: the longest has \(longest) tokens, and the "
        + "first \(limit) are read (tokenizer.length)"
  }
}
