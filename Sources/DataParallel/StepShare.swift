import Layers
import Ranks

/// What one rank does of each step: the units that it learns from, and the parameters that it updates.
public struct StepShare {
  /// The ranks.
  public let group: RankGroup
  /// Units of a step.
  public let units: StepUnits
  /// What the rank updates of the trained parameters.
  public let pieces: [ParameterPiece]
  private let shares: ParameterShares

  /// - Parameters:
  ///   - units: units of a step, at least one for each rank.
  ///   - isDivisible: whether a parameter may be updated by several ranks, each a part of it.
  public init(
    _ parameters: ParameterStore, units: Int, among group: RankGroup,
    isDivisible: (ParameterStore.Entry) -> Bool
  ) {
    self.group = group
    self.units = StepUnits(units, ranks: group.count)
    shares = ParameterShares(parameters.trainedEntries, ranks: group.count, isDivisible: isDivisible)
    pieces = shares.pieces(of: group.rank)
  }

  /// Steps of a program that runs alone.
  public static func whole(_ parameters: ParameterStore, units: Int = 1) -> StepShare {
    StepShare(parameters, units: units, among: .alone) { _ in true }
  }

  /// The units that this rank learns from.
  public var ownUnits: Range<Int> { units.range(of: group.rank) }

  /// What adds up the gradients of parameters, which must be allocated.
  public func reduction(
    of parameters: ParameterStore, _ settings: ReductionSettings
  ) -> GradientReduction { GradientReduction(parameters, units, group, shares, settings) }

  /// What tells the ranks of norm and weights.
  public func update(of parameters: ParameterStore) -> SharedUpdate {
    SharedUpdate(parameters, group, shares)
  }

  /// The losses of all units' clips, in their order.
  /// - Parameters:
  ///   - own: those of this rank's units.
  public func losses(_ own: [Double]) -> [Double] {
    let perUnit = own.count / ownUnits.count
    return group.gather(own, counts: (0..<group.count).map { units.range(of: $0).count * perUnit })
  }
}
