import Foundation
import Layers
import Ranks
import Tensors

/// What ranks tell each other of gradients and weights of which each has its share.
public struct SharedUpdate {
  private let parameters: ParameterStore
  private let group: RankGroup
  private let shares: ParameterShares
  /// The stretches of this rank's parameters, and for each stretch of all of them whose it is.
  private let stretches: [Range<Int>], owners: [Int]

  /// Shares of the parameters of a store.
  public init(_ parameters: ParameterStore, _ group: RankGroup, _ shares: ParameterShares) {
    (self.parameters, self.group, self.shares) = (parameters, group, shares)
    stretches = shares.pieces(of: group.rank).flatMap(\.stretches)
    owners = group.count > 1 ? shares.owners : []
  }

  /// The norm of the whole gradient: its squares are added within stretches, and stretches in their order, so that it has the
  /// same bits for any number of ranks.
  public func gradientNorm() -> Double {
    let sums = sumsOfSquares()
    guard group.count > 1 else { return sums.reduce(0, +).squareRoot() }
    let counts = (0..<group.count).map { rank in owners.count { $0 == rank } }
    let all = group.gather(sums, counts: counts)
    var next = counts.indices.map { counts[..<$0].reduce(0, +) }
    var total = 0.0
    for owner in owners {
      total += all[next[owner]]
      next[owner] += 1
    }
    return total.squareRoot()
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
    let offsets = group.gather(
      [own.map { Double($0.entry.offset) } ?? .infinity], counts: Array(repeating: 1, count: group.count))
    guard let least = offsets.min(), least.isFinite else { return nil }
    return parameters.trainedEntries.first { $0.offset == Int(least) }
  }
}
