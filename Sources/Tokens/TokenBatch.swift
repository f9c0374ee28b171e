/// The token ids of a batch of captions, padded to the longest of them.
public struct TokenBatch: Sendable, Equatable {
  /// Ids, [B, L] row-major, padding behind each caption's end token.
  public let ids: [Int]
  /// The number of tokens of each caption, its end token included, [B].
  public let lengths: [Int]
  /// L: the longest caption's number of tokens.
  public let length: Int

  /// The number of captions, B.
  public var count: Int { lengths.count }

  /// Encodes captions.
  /// - Parameters:
  ///   - maximumLength: longer captions are cut to this many tokens, the end token included.
  ///   - minimumLength: L is at least this, so that batches of short captions have the size of others.
  public init(
    _ captions: [String], tokenizer: some Tokenizer, maximumLength: Int, paddedTo minimumLength: Int = 0
  ) {
    let rows = captions.map { tokenizer.encode($0, length: maximumLength) }
    let length = max(minimumLength, rows.map(\.count).max() ?? 0)
    ids = rows.flatMap { $0 + [Int](repeating: SpecialToken.padding, count: length - $0.count) }
    lengths = rows.map(\.count)
    self.length = length
  }
}
