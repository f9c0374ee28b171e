import Checkpoints
import Layers
import Tensors

/// How far training has moved the weights of each block from those of the base: |ΔW| / |W|, by the norms over all of the
/// block's weights that are trained.
///
/// For adapters ΔW is alpha/rank · B A beside the weight that it adapts; else it is the difference from the base's value.
public struct WeightChange: Sendable, Equatable {
  /// The block: "transformer.blocks.3".
  public let block: String
  /// |ΔW| / |W|.
  public let relative: Double

  /// The change of each block, in the order of registration, of the values that the model computes with now.
  /// - Throws: what reading the base's tensors throws.
  public static func measure(_ parameters: ParameterStore, base: any TensorSource) throws -> [WeightChange] {
    var (blocks, sums) = ([String](), [String: (change: Double, size: Double)]())
    let adapted = Set(parameters.adapted.map(\.name))
    let trained = Set(parameters.trainedEntries.map(\.name)).union(adapted)
    let frozen = Set(parameters.entries.filter(\.isFrozen).map(\.name))
    try parameters.forEachMerged { name, values in
      guard trained.contains(name), base.shape(name) == values.shape else { return }
      let stored = Tensor(values.shape)
      try base.read(name, into: stored.buffer)
      // Rounding to what frozen values are kept in is no change that training made.
      let before =
        frozen.contains(name) ? stored.converted(to: parameters.policy.frozenPrecision).widened : stored
      let size = before.sumOfSquares
      before.add(values, scale: -1)
      let block = block(of: name)
      if sums[block] == nil { blocks.append(block) }
      let sum = sums[block] ?? (0, 0)
      sums[block] = (sum.change + before.sumOfSquares, sum.size + size)
    }
    return blocks.map { block in
      WeightChange(block: block, relative: (sums[block]!.change / max(sums[block]!.size, 1e-30)).squareRoot())
    }
  }

  /// A name up to its first number, "transformer.blocks.3", or else its first two parts.
  static func block(of name: String) -> String {
    let parts = name.split(separator: ".")
    let end = parts.firstIndex { Int($0) != nil } ?? min(1, parts.count - 1)
    return parts[...end].joined(separator: ".")
  }
}
