import Tensors

/// Looks for the clips whose vectors are nearest to others by the cosine of the angle between them.
///
///     similarity(a, b) = a · b / (|a| |b|)        1 for the same direction; 0 with a vector of zeros
public struct NearestVectors {
  /// A clip that was found.
  public struct Match: Sendable, Equatable {
    /// Its place in the gallery.
    public let place: Int
    /// −1 to 1.
    public let similarity: Float
  }

  private let gallery: Tensor  // [clips, D], of length 1
  /// Queries of a pass.
  private static let pass = 256

  /// A search in a gallery.
  public init(_ gallery: FeatureSet) {
    self.gallery = Self.directions(of: gallery, Array(0..<gallery.count))
  }

  /// The nearest clips of the gallery for each query, the nearest first; equally near ones in the gallery's order.
  ///
  /// - Parameters:
  ///   - places: the clips of `queries` that are asked for.
  ///   - count: how many are found, if there are so many.
  ///   - leavingOut: whether a clip of the gallery is no answer to a query.
  public func nearest(
    to queries: FeatureSet, _ places: [Int], count: Int,
    leavingOut: (_ query: Int, _ place: Int) -> Bool = { _, _ in false }
  ) -> [[Match]] {
    var found: [[Match]] = []
    for first in stride(from: 0, to: places.count, by: Self.pass) {
      let part = Array(places[first..<min(places.count, first + Self.pass)])
      let products = Tensor([part.count, gallery.rows])
      multiply(Self.directions(of: queries, part), transposed: gallery, into: products)
      for (row, query) in part.enumerated() {
        found.append(
          Self.greatest(products.row(row), gallery.rows, count: count) { leavingOut(query, $0) })
      }
    }
    return found
  }

  /// The greatest of some similarities, in one pass: `best` is sorted and short.
  private static func greatest(
    _ similarities: UnsafeMutablePointer<Float>, _ rows: Int, count: Int, leavingOut: (Int) -> Bool
  ) -> [Match] {
    var best: [Match] = []
    for place in 0..<rows {
      // Rounding may carry copies past 1, each by as much as it likes: they are equally near.
      let similarity = max(-1, min(1, similarities[place]))
      if best.count == count, similarity <= best[count - 1].similarity { continue }
      if leavingOut(place) { continue }
      let position = best.firstIndex { $0.similarity < similarity } ?? best.count
      best.insert(Match(place: place, similarity: similarity), at: position)
      if best.count > count { best.removeLast() }
    }
    return best
  }

  /// Vectors divided by their lengths, [clips, D].
  private static func directions(of set: FeatureSet, _ places: [Int]) -> Tensor {
    let directions = Tensor([places.count, set.width])
    for (row, place) in places.enumerated() {
      let values = set.row(place)
      let length = values.reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot()
      let target = directions.row(row)
      for (i, value) in values.enumerated() { target[i] = length > 0 ? Float(Double(value) / length) : 0 }
    }
    return directions
  }
}
