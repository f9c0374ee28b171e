import Tensors

/// The combinations of a catalogue in two: those that are trained on, and those that are only tested on.
///
/// About one in six is held out, so that a model can only show it by putting together what it learned apart. Every
/// pair (colour and shape, colour and motion, shape and motion) still occurs in training. Where there are too few
/// combinations for that, as of a single shape, fewer are held out, or none.
public struct CombinationSplit: Sendable {
  /// The combinations of training and validation clips.
  public let training: [Combination]
  /// The combinations that only test clips show; may be empty.
  public let heldOut: [Combination]

  /// The combinations of test clips: the held-out ones, or those of training where none can be held out.
  public var testing: [Combination] { heldOut.isEmpty ? training : heldOut }

  /// The split of a level, chosen by the seed.
  public init(level: Level, seed: UInt64) { self.init(Catalogue(level: level), seed: seed) }

  /// The split of a catalogue, chosen by the seed.
  public init(_ catalogue: Catalogue, seed: UInt64) {
    let all = catalogue.combinations
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
