import Tensors

/// An order that shows every epoch all clips once, each epoch in an order of its own.
struct SampleOrder: ClipOrder {
  /// The number of clips.
  let count: Int
  /// The run's seed.
  let seed: UInt64

  /// An order of `count` clips, at least 1.
  init(count: Int, seed: UInt64) {
    precondition(count > 0, "an order needs at least one clip")
    self.count = count
    self.seed = seed
  }

  subscript(position: Int) -> (epoch: Int, index: Int) {
    precondition(position >= 0, "a position must not be negative")
    let epoch = position / count
    return (epoch, KeyedPermutation(count: count, seed: seed, round: epoch)[position % count])
  }

  func replacement(at position: Int, attempt: Int) -> Int {
    let drawn = min(attempt, drawnReplacements)
    var stream = RandomStream(seed: seed, purpose: .replacement, step: position, sample: drawn)
    return (stream.below(count) + attempt - drawn) % count
  }
}
