import Manifests
import Tokens

/// How long captions are, and how often they are the same.
public struct CaptionFigures: Sendable, Encodable, Equatable {
  /// Lengths in characters; 95 of 100 captions are not longer than `ninetyFive`.
  public let shortest: Int, median: Int, ninetyFive: Int, longest: Int
  /// How many captions are empty.
  public let empty: Int
  /// The share of clips, 0 to 1, whose caption another clip has too.
  public let shared: Double
  /// The most tokens that are read of a caption, and how many captions have more; nil without a tokenizer.
  public let tokens: Tokens?

  /// What a tokenizer makes of the captions.
  public struct Tokens: Sendable, Encodable, Equatable {
    /// The most tokens that are read.
    public let limit: Int
    /// How many captions have more.
    public let longer: Int
  }

  /// - Parameters:
  ///   - manifests: of which there is at least one.
  ///   - tokens: what cuts captions into tokens, and the most that are read.
  init(_ manifests: [Manifest], tokens: (tokenizer: any Tokenizer, limit: Int)?) {
    var lengths: [Int] = []
    var counts: [String: Int] = [:]
    var (empty, longer) = (0, 0)
    for manifest in manifests {
      for index in manifest.indices {
        let caption = manifest.caption(index)
        lengths.append(caption.count)
        counts[caption, default: 0] += 1
        if caption.isEmpty { empty += 1 }
        if let tokens, tokens.tokenizer.encode(caption, length: tokens.limit + 1).count > tokens.limit {
          longer += 1
        }
      }
    }
    lengths.sort()
    let last = lengths.count - 1
    shortest = lengths[0]
    median = lengths[last / 2]
    ninetyFive = lengths[(95 * last + 99) / 100]
    longest = lengths[last]
    self.empty = empty
    shared = Double(counts.values.reduce(0) { $0 + ($1 > 1 ? $1 : 0) }) / Double(lengths.count)
    self.tokens = tokens.map { Tokens(limit: $0.limit, longer: longer) }
  }
}
