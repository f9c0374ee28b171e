/// A learning rate of their own for the parameters that a pattern matches.
public struct RateFactor: Sendable, Equatable {
  /// The parameters.
  public let pattern: NamePattern
  /// What the run's learning rate is multiplied by for them.
  public let factor: Double

  /// A factor for the parameters that a pattern matches.
  public init(pattern: NamePattern, factor: Double) {
    self.pattern = pattern
    self.factor = factor
  }
}
