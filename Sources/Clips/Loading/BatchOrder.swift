import Manifests

/// Which clips each step has, and in which shape: a pure function of seed and step.
public struct BatchOrder: Sendable {
  /// The clips of one shape, in an order of their own.
  struct Part: Sendable {
    let shape: ClipShape
    /// Clips of a step.
    let batch: Int
    let order: any ClipOrder
    /// Tells positions of this order from those of others where random numbers are drawn for them.
    let offset: Int
  }

  let parts: [Part]
  private let turns: ShapeTurns
  /// Clips that no step has, by their places in the list, and why.
  let leftOut: [Int: BadClip]

  /// Steps of one shape, whose clips are all of the list.
  /// - Parameters:
  ///   - count: how many clips the list has.
  ///   - batch: B, the clips of a step.
  ///   - classes: the class of each clip, if each class is to be shown as often as any other.
  public init(count: Int, shape: ClipShape, batch: Int, classes: [Int]? = nil, seed: UInt64) {
    precondition(batch > 0, "a batch has at least one clip")
    precondition(classes.map { $0.count == count } ?? true, "a class for each clip")
    let order: any ClipOrder =
      classes.map { BalancedOrder(classes: $0, seed: seed) } ?? SampleOrder(count: count, seed: seed)
    parts = [Part(shape: shape, batch: batch, order: order, offset: 0)]
    turns = ShapeTurns(ShapePhases([0..<Int.max], shares: [1]), seed: seed)
    leftOut = [:]
  }

  /// Steps of several shapes, each with clips of its own bucket.
  public init(_ buckets: ClipBuckets, seed: UInt64) {
    parts = buckets.buckets.enumerated().map { place, bucket in
      let offset = place << Self.positionBits
      return Part(
        shape: bucket.shape, batch: bucket.batch,
        order: SampleOrder(clips: bucket.clips, seed: seed, list: place), offset: offset)
    }
    turns = ShapeTurns(buckets.phases, seed: seed)
    leftOut = buckets.leftOut
  }

  /// Streams of random numbers count 2⁴⁰ positions, which at most sixteen shapes share.
  private static let positionBits = 36
  /// The most shapes that a run may have.
  public static let mostShapes = 16

  /// Whether all steps have the same shapes to choose from.
  var hasOnePhase: Bool { turns.hasOnePhase }

  /// The part that a step's clips come from, and their positions in its order.
  func step(_ step: Int) -> (part: Part, positions: Range<Int>) {
    let (place, turn) = turns[step]
    let part = parts[place]
    return (part, turn * part.batch..<(turn + 1) * part.batch)
  }
}
