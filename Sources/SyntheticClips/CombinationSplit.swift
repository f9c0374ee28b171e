import Tensors

/// The combinations of a level in two: those that are trained on, and those that are only tested on.
///
/// About one in six is held out, so that a model can only show it by putting together what it learned apart. Every
/// pair (colour and shape, colour and motion, shape and motion) still occurs in training.
public struct CombinationSplit: Sendable {
  /// The combinations of training and validation clips.
  public let training: [Combination]
  /// The combinations of test clips.
  public let heldOut: [Combination]

  /// The split of a level, chosen by the seed.
  public init(level: Level, seed: UInt64) {
    let all = level.combinations
    let order = KeyedPermutation(count: all.count, seed: seed, round: 0)
    var left: [Set<String>: Int] = [:]
    for combination in all {
      for pair in combination.pairs { left[pair, default: 0] += 1 }
    }
    var (training, heldOut) = ([Combination](), [Combination]())
    for combination in (0..<all.count).map({ all[order[$0]] }) {
      if heldOut.count < all.count / 6, combination.pairs.allSatisfy({ left[$0]! > 1 }) {
        for pair in combination.pairs { left[pair]! -= 1 }
        heldOut.append(combination)
      } else {
        training.append(combination)
      }
    }
    self.training = training
    self.heldOut = heldOut
  }
}

extension Combination {
  /// Its three pairs of properties.
  fileprivate var pairs: [Set<String>] {
    // No colour, shape and motion share a name, so a set of names is a pair.
    [
      [colour.rawValue, shape.rawValue], [colour.rawValue, motion.rawValue],
      [shape.rawValue, motion.rawValue],
    ]
  }
}
