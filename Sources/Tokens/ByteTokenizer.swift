/// UTF-8 bytes as tokens, with the ids of ByT5: a byte's id is its value plus 3.
///
/// Xue et al., "ByT5: Towards a token-free future with pre-trained byte-to-byte models", 2022. The ids after the bytes
/// are ByT5's sentinels, never made here, so that its weights fit.
public struct ByteTokenizer: Tokenizer, Equatable {
  /// A byte tokenizer; all are alike.
  public init() {}

  /// Always `.bytes`.
  public var kind: TokenizerKind { .bytes }
  /// 3 special ids, 256 bytes, 125 sentinels.
  public var vocabularySize: Int { 384 }
  /// Empty: bytes need no vocabulary.
  public var words: [String] { [] }

  /// The ids of the caption's UTF-8 bytes and the end token, cut to `length` ids.
  public func encode(_ caption: String, length: Int) -> [Int] {
    ended(caption.utf8.lazy.map { Int($0) + SpecialToken.count }, length: length)
  }

  /// Always empty: every byte is known.
  public func unknownWords(in caption: String) -> [String] { [] }
}
