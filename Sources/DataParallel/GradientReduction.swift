import Layers
import Ranks
import Tensors

/// How the gradients of a step's units become those of the step.
public enum ReductionKind: String, CaseIterable, Sendable {
  /// Along a fixed binary tree of the units: the same bits for any number of ranks.
  case exact
  /// Units of a rank one after the other, and then ranks in an order of MPI's choice.
  case fast
}

/// How gradients are added up.
public struct ReductionSettings: Sendable, Equatable {
  /// In which order.
  public let kind: ReductionKind
  /// What gradients are rounded to before they are sent; float32 where bits must not depend on ranks.
  public let precision: Precision

  /// A way to add up gradients.
  public init(_ kind: ReductionKind = .exact, sending precision: Precision = .float32) {
    precondition(kind == .fast || precision == .float32, "what is rounded on the way depends on the ranks")
    (self.kind, self.precision) = (kind, precision)
  }
}

/// The sum of the gradients of a step's units: over those of this rank, and then over ranks, each of which gets its share of the
/// sum (`ParameterShares`). Stretches of the gradients are sent as soon as the last pass has completed them.
///
///     begin() → for each unit: beginUnit(), a pass, endUnit() → finish()
///
/// Of one unit and one rank nothing is added or sent.
public final class GradientReduction {
  private let parameters: ParameterStore
  private let kind: ReductionKind
  private let units: Range<Int>
  /// The gradients that passes add to: the store's own, and those that wait for their sibling in the tree.
  private let buffers: [Tensor]
  /// For each unit, how many additions follow it.
  private let additions: [Int]
  private let sender: BucketSender?
  private var unit = 0, depth = 0

  /// - Parameters:
  ///   - group: the ranks; of a pretended one nothing is sent.
  init(
    _ parameters: ParameterStore, _ units: StepUnits, _ group: RankGroup, _ shares: ParameterShares,
    _ settings: ReductionSettings
  ) {
    let kind = settings.kind
    (self.parameters, self.kind) = (parameters, kind)
    self.units = units.range(of: group.rank)
    additions =
      kind == .fast
      ? self.units.map { _ in 0 } : UnitTree.additions(within: self.units, of: units.count)
    var (depth, most) = (0, 1)
    for count in additions {
      depth += 1
      most = max(most, depth)
      depth -= count
    }
    let own = parameters.gradients
    buffers = [own] + (1..<(kind == .fast ? 1 : most)).map { _ in Tensor.zeros([own.count]) }
    sender =
      group.count > 1
      ? BucketSender(
        own, group, shares, nodes: Self.nodes(units, kind), kind: kind,
        precision: settings.precision) : nil
  }

  /// What each rank sends, as nodes of a tree: of its units, or where the order is free of ranks.
  private static func nodes(_ units: StepUnits, _ kind: ReductionKind) -> [[Range<Int>]] {
    (0..<units.ranks).map {
      kind == .fast ? [$0..<$0 + 1] : UnitTree.nodes(within: units.range(of: $0), of: units.count)
    }
  }

  /// A step begins.
  public func begin() {
    (unit, depth) = (0, 0)
    sender?.begin()
  }

  /// A pass over the next unit begins: its gradients start from nothing, or where the order is free from those before.
  public func beginUnit() {
    if kind == .exact || unit == 0 {
      parameters.gradients = buffers[depth]
      parameters.zeroGradients()
      depth += 1
    }
    if let sender, unit + 1 == units.count {
      parameters.onCompleteGradients = { [unowned self] range in
        sender.complete(range) { self.addAfterUnit($0) }
      }
    }
  }

  /// The pass is over.
  public func endUnit() {
    parameters.onCompleteGradients = nil
    if let sender, unit + 1 == units.count {
      sender.completeAll { addAfterUnit($0) }
    } else {
      addAfterUnit(0..<buffers[0].count)
    }
    depth -= additions[unit]
    unit += 1
  }

  /// Adds up what is complete with this unit, in a stretch of the buffers.
  /// - Returns: the sums in that stretch, one for each node.
  @discardableResult
  private func addAfterUnit(_ range: Range<Int>) -> [Tensor] {
    var terms = buffers[..<depth].map { $0.view(at: range.lowerBound, [range.count]) }
    for _ in 0..<additions[unit] {
      let term = terms.removeLast()
      terms[terms.count - 1].add(term)
    }
    return terms
  }

  /// Waits until this rank's share of the sum is in the store's gradients. What others own is not defined then.
  public func finish() {
    sender?.wait()
    parameters.gradients = buffers[0]
  }
}
