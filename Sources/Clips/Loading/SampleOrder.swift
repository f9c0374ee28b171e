import Tensors

/// An order that shows every epoch all clips once, each epoch in an order of its own.
struct SampleOrder: ClipOrder {
  /// The clips that are shown; nil for all.
  private let clips: [Int]?
  /// The number of clips.
  let count: Int
  /// The run's seed.
  let seed: UInt64
  /// Tells this order from others of the same run.
  private let list: Int

  /// An order of `count` clips, at least 1.
  init(count: Int, seed: UInt64) {
    precondition(count > 0, "an order needs at least one clip")
    (clips, list) = (nil, 0)
    self.count = count
    self.seed = seed
  }

  /// An order of some clips, at least 1.
  /// - Parameter list: a number of its own among the orders of a run.
  init(clips: [Int], seed: UInt64, list: Int) {
    precondition(!clips.isEmpty, "an order needs at least one clip")
    self.clips = clips
    count = clips.count
    self.seed = seed
    self.list = list
  }

  subscript(position: Int) -> (epoch: Int, index: Int) {
    precondition(position >= 0, "a position must not be negative")
    let epoch = position / count
    return (
      epoch,
      clip(KeyedPermutation(count: count, seed: seed, round: epoch, list: list)[position % count])
    )
  }

  func replacement(at position: Int, attempt: Int) -> Int {
    let drawn = min(attempt, drawnReplacements)
    var stream = RandomStream(seed: seed, purpose: .replacement, step: position, sample: drawn)
    return clip((stream.below(count) + attempt - drawn) % count)
  }

  private func clip(_ place: Int) -> Int { clips?[place] ?? place }
}
