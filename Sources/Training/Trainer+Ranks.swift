import Clips

/// What the ranks of a run tell each other between steps; alone a run asks and tells itself.
extension Trainer {
  /// Whether all ranks end for this reason, so that they can save together.
  func isKnownToAll(_ error: any Error) -> Bool { state.group.count == 1 || error is RankFailure }

  /// Whether any rank is asked to stop: all of them ask at the same places.
  func isAskedToStop() -> Bool { state.group.any(shouldStop()) }

  /// This rank's clips of the next step. What ranks found of clips that give no sample is told to all of them, so that all come
  /// to the same end when there are too many.
  func nextBatch() throws -> Batch {
    let batch = try state.group.together { try loader.next() }
    let found = loader.takeFound()
    if state.group.any(!found.isEmpty) {
      let lists = state.group.gather(found.text)
      try state.group.together { try loader.note(lists.flatMap { [FoundBadClip](text: $0) }) }
    }
    return batch
  }

  /// The longest that a rank has waited for clips in a step, and the operations of all.
  func inAll(waited: Double, operations: Int) -> (waited: Double, operations: Int) {
    let group = state.group
    let all = group.gather(
      [waited, Double(operations)], counts: Array(repeating: 2, count: group.count))
    let ranks = 0..<group.count
    return (ranks.map { all[2 * $0] }.max()!, Int(ranks.reduce(0) { $0 + all[2 * $1 + 1] }))
  }
}
