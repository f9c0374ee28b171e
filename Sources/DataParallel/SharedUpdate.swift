import Layers
import Ranks
import Tensors

/// What ranks tell each other of gradients and weights of which each has its share.
public struct SharedUpdate {
  private let parameters: ParameterStore
  private let group: RankGroup
  private let shares: ParameterShares
  /// The stretches of this rank's parameters, how many each rank has, and for each stretch of all of them its place among those
  /// of the ranks one after the other.
  private let stretches: [Range<Int>], counts: [Int], places: [Int]

  /// Shares of the parameters of a store.
  init(_ parameters: ParameterStore, _ group: RankGroup, _ shares: ParameterShares) {
    (self.parameters, self.group, self.shares) = (parameters, group, shares)
    stretches = shares.pieces(of: group.rank).flatMap(\.stretches)
    let owners = shares.owners
    var counts = Array(repeating: 0, count: group.count)
    for owner in owners { counts[owner] += 1 }
    var next = counts.indices.map { counts[..<$0].reduce(0, +) }
    places = owners.map { owner in
      defer { next[owner] += 1 }
      return next[owner]
    }
    self.counts = counts
  }

  /// The norm of the whole gradient: its squares are added within stretches, and stretches in their order, so that it has the
  /// same bits for any number of ranks.
  public func gradientNorm() -> Double {
    let all = group.gather(sumsOfSquares(), counts: counts)
    return places.reduce(0) { $0 + all[$1] }.squareRoot()
  }

  private func sumsOfSquares() -> [Double] {
    let gradients = parameters.gradients
    var sums = Array(repeating: 0.0, count: stretches.count)
    sums.withUnsafeMutableBufferPointer { sums in
      let sums = sums.baseAddress
      parallel(over: stretches.count, tile: 1) { range in
        for index in range {
          let x = gradients.pointer + stretches[index].lowerBound
          sums![index] = Double(dot(x, x, stretches[index].count))
        }
      }
    }
    return sums
  }

  /// Gives all ranks the weights that each has updated.
  public func gatherValues() {
    guard group.count > 1, !Plan.isRunning else { return }
    let values = parameters.values
    let pending = shares.buckets.map { bucket in
      let start = bucket.bounds[0]
      return group.gather(
        values.pointer + start, counts: bucket.counts, places: bucket.bounds.dropLast().map { $0 - start })
    }
    for transfer in pending { transfer.wait() }
  }

  /// The first parameter of all ranks with a gradient that is not finite, in the order of registration.
  public func firstNonFiniteGradient() -> ParameterStore.Entry? {
    let gradients = parameters.gradients
    let own = shares.pieces(of: group.rank).first { !gradients.view(at: $0.start, [$0.count]).isFinite }
    let offsets = group.gather(one: own.map { Double($0.entry.offset) } ?? .infinity)
    guard let least = offsets.min(), least.isFinite else { return nil }
    return parameters.trainedEntries.first { $0.offset == Int(least) }
  }
}
