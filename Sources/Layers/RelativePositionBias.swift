import Foundation
import Tensors

/// A learned number added to each head's score of two tokens by their distance, far distances sharing buckets.
///
///     bias[a, i, j] = W[bucket(j − i), a]        W [buckets, A]
///
/// Half of the buckets are for each sign; half of those hold one distance each, the rest grow logarithmically up to
/// `maximumDistance`. Raffel et al., "Exploring the limits of transfer learning" (T5), 2020.
public struct RelativePositionBias {
  /// W [buckets, A].
  public let weight: Parameter
  /// A.
  public let heads: Int
  /// The number of buckets, and the distance from which on all share the last one.
  public let buckets: Int, maximumDistance: Int

  /// Registers `weight` in the scope; a table, so it does not decay.
  public init(
    _ scope: Scope, heads: Int, buckets: Int = 32, maximumDistance: Int = 128,
    initial: InitialValue = .normal(0.1)
  ) {
    precondition(
      buckets >= 4 && buckets % 2 == 0, "each sign needs a bucket that is exact and one that is not")
    precondition(maximumDistance > buckets / 4, "the exact buckets reach beyond the maximum distance")
    self.heads = heads
    self.buckets = buckets
    self.maximumDistance = maximumDistance
    weight = scope.parameter("weight", [buckets, heads], initial, decays: false)
  }

  /// The bucket of a distance, key's place minus query's.
  public func bucket(_ distance: Int) -> Int {
    let half = buckets / 2
    let side = distance > 0 ? half : 0
    let exact = half / 2
    let far = abs(distance)
    if far < exact { return side + far }
    // In single precision, as the reference computes it: a distance on a bucket's edge must fall on the same side.
    let steps =
      logf(Float(far) / Float(exact)) / Float(log(Double(maximumDistance) / Double(exact)))
      * Float(half - exact)
    return side + min(half - 1, exact + Int(steps))
  }

  /// The bias of `length` tokens among themselves, [A, L, L].
  public func forward(length: Int) -> Tensor {
    let bias = Tensor([heads, length, length])
    let (table, places) = (weight.value, bucketsByDistance(length))
    parallel(over: heads * length, tile: 16) { range in
      for row in range {
        let (head, i) = (row / length, row % length)
        for j in 0..<length { bias.row(row)[j] = table.row(places[j - i + length - 1])[head] }
      }
    }
    return bias
  }

  /// Adds the gradient of a bias [A, L, L] to the table's.
  public func backward(_ biasGradient: Tensor) {
    guard let gradient = weight.gradient else { return }
    let length = biasGradient.columns
    let places = bucketsByDistance(length)
    parallel(over: heads, tile: 1) { range in
      for head in range {
        for i in 0..<length {
          let row = biasGradient.row(head * length + i)
          for j in 0..<length { gradient.row(places[j - i + length - 1])[head] += row[j] }
        }
      }
    }
  }

  private func bucketsByDistance(_ length: Int) -> [Int] { (1 - length..<length).map(bucket) }
}
