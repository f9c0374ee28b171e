import Tensors

/// The order in which clips are read: every epoch all clips once, each epoch in an order of its own.
///
/// A pure function of the seed: nothing is stored, and any position is found at once.
public struct SampleOrder: Sendable {
  /// The number of clips.
  public let count: Int
  /// The run's seed.
  public let seed: UInt64

  /// An order of `count` clips, at least 1.
  public init(count: Int, seed: UInt64) {
    precondition(count > 0, "an order needs at least one clip")
    self.count = count
    self.seed = seed
  }

  /// What stands at a position, counted in samples since step 0.
  public subscript(position: Int) -> (epoch: Int, index: Int) {
    precondition(position >= 0, "a position must not be negative")
    let epoch = position / count
    return (epoch, KeyedPermutation(count: count, seed: seed, round: epoch)[position % count])
  }

  /// The clip that stands in at a position when `attempt` clips there could not be read, attempt 1 being the first
  /// replacement.
  ///
  /// It depends on nothing else, so threads that find bad clips in another order still read the same. The first
  /// attempts are drawn at random; the later ones walk through all clips, so that a readable one is found if there is
  /// any among `count` + 16 attempts.
  func replacement(at position: Int, attempt: Int) -> Int {
    let drawn = min(attempt, Self.drawnReplacements)
    var stream = RandomStream(seed: seed, purpose: .replacement, step: position, sample: drawn)
    return (stream.below(count) + attempt - drawn) % count
  }

  /// How many replacements are drawn at random before all clips are tried in turn.
  static let drawnReplacements = 16
}
