/// The phases of a run: stretches of steps in each of which the same shapes are learned from.
///
/// The last phase has no end, so that a run may be made longer, and clips be decoded beyond its end. A stretch that no shape
/// has goes on as the phase before it.
public struct ShapePhases: Sendable {
  /// A stretch of steps.
  struct Phase: Sendable, Equatable {
    /// Its first step.
    let start: Int
    /// The shapes, by their places in the list, ascending.
    let shapes: [Int]
  }

  /// The phases, ascending; the first begins with step 0.
  let phases: [Phase]
  /// The share of each shape beside those that are learned from at the same time.
  let shares: [Double]

  /// Phases of shapes.
  /// - Parameters:
  ///   - spans: the steps that each shape may have; one of them at least has step 0.
  ///   - shares: that of each shape, above 0; only the proportions count among those of a phase.
  init(_ spans: [Range<Int>], shares: [Double]) {
    precondition(spans.count == shares.count && spans.contains { $0.contains(0) }, "step 0 has a shape")
    let ends = spans.map(\.upperBound).filter { $0 < .max }
    phases = Set(spans.map(\.lowerBound) + ends).sorted().compactMap { start in
      let shapes = spans.indices.filter { spans[$0].contains(start) }
      return shapes.isEmpty ? nil : Phase(start: start, shapes: shapes)
    }
    self.shares = shares
  }

  /// Phases of the shapes of a recipe.
  public init(_ shapes: [BatchShape]) {
    self.init(shapes.map(\.steps), shares: shapes.map(\.share))
  }

  /// How many of a run's steps each shape has, as shares that add up to 1.
  /// - Parameter steps: those of the run.
  public func shares(of steps: Int) -> [Double] {
    var found = shares.map { _ in 0.0 }
    let ends = phases.dropFirst().map(\.start) + [Int.max]
    for (phase, end) in zip(phases, ends) where phase.start < steps {
      let part = Double(min(end, steps) - phase.start) / Double(steps)
      let sum = phase.shapes.reduce(0) { $0 + shares[$1] }
      for shape in phase.shapes { found[shape] += shares[shape] / sum * part }
    }
    return found
  }

  /// The steps of a run that none of the spans has, in stretches.
  public static func gaps(between spans: [Range<Int>], in steps: Int) -> [Range<Int>] {
    var (gaps, next) = ([Range<Int>](), 0)
    for span in spans.sorted(by: { $0.lowerBound < $1.lowerBound }) where next < steps {
      if span.lowerBound > next { gaps.append(next..<min(span.lowerBound, steps)) }
      next = max(next, span.upperBound)
    }
    if next < steps { gaps.append(next..<steps) }
    return gaps
  }

  /// What of a run a shape is learned in, if that is not all of it.
  /// - Parameter steps: those of the run.
  public static func part(_ span: Range<Int>, of steps: Int) -> Range<Int>? {
    let part = span.clamped(to: 0..<steps)
    return part == 0..<steps ? nil : part
  }

  /// "step 7", "steps 0 to 2999".
  public static func inWords(_ steps: Range<Int>) -> String {
    steps.count == 1 ? "step \(steps.lowerBound)" : "steps \(steps.lowerBound) to \(steps.upperBound - 1)"
  }
}
