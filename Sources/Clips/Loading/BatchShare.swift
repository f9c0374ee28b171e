/// The part of each step's clips that one of several processes reads.
///
/// A step's clips are `count` equal units, in their order. What stands at a place does not depend on who reads it.
public struct BatchShare: Sendable, Equatable {
  /// The units that are read, and how many there are.
  public let units: Range<Int>, count: Int

  /// Some units of a step.
  public init(units: Range<Int>, of count: Int) {
    precondition(!units.isEmpty && units.lowerBound >= 0 && units.upperBound <= count, "units of a step")
    (self.units, self.count) = (units, count)
  }

  /// The positions of this share among those of a step.
  func positions(of step: Range<Int>) -> Range<Int> {
    precondition(step.count.isMultiple(of: count), "\(step.count) clips do not make \(count) equal units")
    let size = step.count / count
    return step.lowerBound + units.lowerBound * size..<step.lowerBound + units.upperBound * size
  }
}
