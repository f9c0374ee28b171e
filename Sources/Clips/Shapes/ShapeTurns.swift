import Tensors

/// Which shape each step has, and how many steps had it before: a pure function of seed and step, so that nothing is stored
/// and any step is found at once.
///
/// The shares are kept as evenly as whole steps allow. Of the steps before step n the first shape has ⌊(n·w + φ) / W⌋, with
/// its weight w of the total W and a phase φ of the seed; the second shape has its part of the others in the same way, and so
/// on; the last one has the rest. Within every ten steps the places are shuffled anew, so that no shape comes at a beat that
/// logs, looks or other shapes might keep.
struct ShapeTurns: Sendable {
  /// How many steps are shuffled among each other: shares of whole tenths are met in every ten steps.
  static let block = 10
  /// What all weights add up to, but for rounding: shares are met to a millionth.
  private static let total = 1_000_000

  private let weights: [Int]
  private let phases: [Int]
  private let seed: UInt64

  /// Turns of shapes.
  /// - Parameter shares: that of each shape, above 0; only their proportions count.
  init(shares: [Double], seed: UInt64) {
    precondition(!shares.isEmpty && shares.allSatisfy { $0 > 0 }, "every shape has a share above 0")
    let sum = shares.reduce(0, +)
    let weights = shares.map { max(1, Int(($0 / sum * Double(Self.total)).rounded())) }
    self.weights = weights
    self.seed = seed
    phases = weights.indices.map { place in
      var stream = RandomStream(seed: seed, purpose: .shape, sample: place)
      return stream.below(weights[place...].reduce(0, +))
    }
  }

  /// The shape of a step, by its place, and how many earlier steps had that shape.
  subscript(step: Int) -> (shape: Int, turn: Int) {
    precondition(step >= 0, "a step must not be negative")
    if weights.count == 1 { return (0, step) }
    let first = step / Self.block * Self.block
    let places = KeyedPermutation(
      count: Self.block, seed: seed, round: step / Self.block, list: Self.shuffles)
    let shape = shape(at: first + places[step - first])
    let earlier = (0..<step - first).count { self.shape(at: first + places[$0]) == shape }
    return (shape, turns(of: shape, before: first) + earlier)
  }

  /// Names the shuffles of steps among those of clips.
  private static let shuffles = 1 << 31

  /// The shape at a place before places are shuffled.
  private func shape(at place: Int) -> Int {
    var (rest, total) = (place, weights.reduce(0, +))
    for shape in weights.indices.dropLast() {
      let before = turns(rest, shape, total)
      if turns(rest + 1, shape, total) > before { return shape }
      (rest, total) = (rest - before, total - weights[shape])
    }
    return weights.count - 1
  }

  /// How many of the places before one have a shape.
  private func turns(of wanted: Int, before place: Int) -> Int {
    var (rest, total) = (place, weights.reduce(0, +))
    for shape in weights.indices.dropLast() {
      let before = turns(rest, shape, total)
      if shape == wanted { return before }
      (rest, total) = (rest - before, total - weights[shape])
    }
    return rest
  }

  private func turns(_ count: Int, _ shape: Int, _ total: Int) -> Int {
    (count * weights[shape] + phases[shape]) / total
  }
}
