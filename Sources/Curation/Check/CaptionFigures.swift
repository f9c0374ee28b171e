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
  /// How many captions have more tokens than are read; nil without a tokenizer.
  public let tokens: CutCaptions?

  /// - Parameters:
  ///   - manifests: of which there is at least one.
  ///   - tokens: what cuts captions into tokens, and the most that are read.
  init(_ manifests: [Manifest], tokens: (tokenizer: any Tokenizer, limit: Int)?) {
    var lengths: [Int] = []
    var counts: [String: Int] = [:]
    var empty = 0
    for manifest in manifests {
      for index in manifest.indices {
        let caption = manifest.caption(index)
        lengths.append(caption.count)
        counts[caption, default: 0] += 1
        if caption.isEmpty { empty += 1 }
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
    self.tokens = tokens.map { tokens in
      CutCaptions(
        manifests.lazy.flatMap { manifest in manifest.indices.lazy.map { manifest.caption($0) } },
        tokens.tokenizer,
        limit: tokens.limit)
    }
  }
}
