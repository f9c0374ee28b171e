import Tensors

/// Which shape each step of a phase has, and how many of its steps had it before.
///
/// Steps and shapes are counted from 0 within the phase. The shares are kept as evenly as whole steps allow. Of the steps
/// before step n the first shape has ⌊(n·w + φ) / W⌋, with its weight w of the total W and an offset φ of the seed; the second
/// shape has its part of the others in the same way, and so on; the last one has the rest. Within every ten steps the places
/// are shuffled anew, so that no shape comes at a beat that logs, looks or other shapes might keep.
struct PhaseTurns: Sendable {
  /// How many steps are shuffled among each other: shares of whole tenths are met in every ten steps.
  static let block = 10
  /// What all weights add up to, but for rounding: shares are met to a millionth.
  private static let total = 1_000_000

  private let weights: [Int]
  private let offsets: [Int]
  private let seed: UInt64
  /// Tells the shuffles of this phase from those of others: a phase has more steps than shuffles.
  private let start: Int

  /// Turns of a phase's shapes.
  /// - Parameters:
  ///   - phase: its first step in the run, and its shapes.
  ///   - shares: that of each shape of the run, above 0; only the proportions count among those of the phase.
  init(_ phase: ShapePhases.Phase, shares: [Double], seed: UInt64) {
    let shares = phase.shapes.map { shares[$0] }
    precondition(!shares.isEmpty && shares.allSatisfy { $0 > 0 }, "every shape has a share above 0")
    let sum = shares.reduce(0, +)
    let weights = shares.map { max(1, Int(($0 / sum * Double(Self.total)).rounded())) }
    self.weights = weights
    self.seed = seed
    start = phase.start
    offsets = weights.indices.map { place in
      var stream = RandomStream(seed: seed, purpose: .shape, sample: phase.shapes[place])
      return stream.below(weights[place...].reduce(0, +))
    }
  }

  /// The shape of a step, by its place, and how many earlier steps had that shape.
  subscript(step: Int) -> (shape: Int, turn: Int) {
    precondition(step >= 0, "a step must not be negative")
    if weights.count == 1 { return (0, step) }
    let first = step / Self.block * Self.block
    let shape = shape(at: first + shuffle(of: step)[step - first])
    return (shape, count(of: shape, before: step))
  }

  /// How many of the steps before one have a shape.
  func count(of shape: Int, before step: Int) -> Int {
    if weights.count == 1 { return step }
    let first = step / Self.block * Self.block
    let places = shuffle(of: step)
    return turns(of: shape, before: first)
      + (0..<step - first).count { self.shape(at: first + places[$0]) == shape }
  }

  /// The places of the ten steps that one is of.
  private func shuffle(of step: Int) -> KeyedPermutation {
    KeyedPermutation(count: Self.block, seed: seed, round: start + step / Self.block, list: Self.shuffles)
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
    (count * weights[shape] + offsets[shape]) / total
  }
}
