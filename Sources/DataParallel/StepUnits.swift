/// Which units of a step each rank learns from.
///
/// A step's clips are divided into units of one pass each. Ranks share them out in their order, as evenly as it goes.
public struct StepUnits: Sendable, Equatable {
  /// Units of a step.
  public let count: Int
  /// The number of ranks, at most that of units.
  public let ranks: Int

  /// Units of a step for some ranks.
  public init(_ count: Int, ranks: Int) {
    precondition(1...count ~= ranks, "\(ranks) ranks need at least as many units, not \(count)")
    (self.count, self.ranks) = (count, ranks)
  }

  /// The units of a rank.
  public func range(of rank: Int) -> Range<Int> { rank * count / ranks..<(rank + 1) * count / ranks }

  /// The share of all ranks' time that passes take, if each takes as long as any other: 1 where ranks divide the units.
  public var efficiency: Double {
    Double(count) / Double(mostOfOneRank * ranks)
  }

  /// The most units that a rank has: those that a step waits for.
  public var mostOfOneRank: Int { (count + ranks - 1) / ranks }

  /// Numbers of ranks that divide the units.
  public var fitting: [Int] { (1...count).filter { count.isMultiple(of: $0) } }
}
