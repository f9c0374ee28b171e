/// What a linear layer told of its weight when it registered.
struct LinearWeight {
  let index: Int
  /// [out, in], whatever longer shape the weight has.
  let shape: [Int]
  /// Of the adapter's factors, if it has one.
  let adapter: (down: Int, up: Int, scale: Float)?
}

/// A table in two parts: the rows of the base, and those that are new.
struct GrownTable {
  let kept: Int, new: Int
}

/// What a policy came to in a model, for whoever wrote it.
extension ParameterStore {
  /// The weights that have an adapter, with their names and as matrices [out, in].
  public var adapted: [(name: String, shape: [Int])] {
    linearWeights.filter { $0.adapter != nil }.map { (entries[$0.index].name, $0.shape) }
  }

  /// The policy's patterns that stand for nothing, in the policy's order: those of what is frozen, trained or has a rate of
  /// its own that match no parameter, and targets of adapters that match no weight of a linear layer.
  public func unmatchedPatterns() -> [NamePattern] {
    let all = entries.map(\.name)
    // Factors of adapters and new rows are trained in any case: naming them changes nothing.
    let weights = entries.filter { $0.role == .weight }.map(\.name)
    let linear = linearWeights.map { entries[$0.index].name }
    func unmatched(_ patterns: [NamePattern], _ names: [String]) -> [NamePattern] {
      patterns.filter { !names.contains(where: $0.matches) }
    }
    return unmatched(policy.frozen + policy.trained, weights)
      + unmatched(policy.lora?.targets ?? [], linear) + unmatched(policy.rateFactors.map(\.pattern), all)
  }
}
