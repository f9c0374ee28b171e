/// Which clips of each step a process reads, where several processes share a run.
///
/// A step's clips are cut in their order into equal units. Which clip stands at a position of a step does not depend on who
/// reads it, so the parts of all processes, one behind the other, are the batch of one process.
public struct BatchShare: Sendable, Equatable {
  /// The units that this process reads.
  public let units: Range<Int>
  /// How many units a step has.
  public let count: Int

  /// All of each step, for a run that is one process.
  public static let all = BatchShare(units: 0..<1, of: 1)

  /// Some of the units of a step, at least one.
  public init(units: Range<Int>, of count: Int) {
    precondition(
      !units.isEmpty && units.lowerBound >= 0 && units.upperBound <= count,
      "units \(units) are none of \(count)")
    self.units = units
    self.count = count
  }

  /// Whether this process reads all clips of each step.
  public var isAll: Bool { units.count == count }

  /// Those of a step's positions that this process reads.
  func positions(of step: Range<Int>) -> Range<Int> {
    precondition(step.count % count == 0, "\(step.count) clips do not make \(count) equal units")
    let unit = step.count / count
    return step.lowerBound + units.lowerBound * unit..<step.lowerBound + units.upperBound * unit
  }
}
