import Foundation

/// How much of the average of the weights (EMA) stays at each update.
///
/// The decay is usually approached from below, so that the average of a young run is not that of its first random weights: at
/// update n it is at most 1 − (1 + n)^(−2/3). Where the average is a teacher it is better to have one that changes slowly from
/// the first step on, however little it knows: one that runs with the model agrees with whatever the model finds easy.
public struct AverageLaw: Sendable, Equatable {
  /// The decay of late updates, in 0…1.
  public let decay: Double
  /// Whether the first updates keep less.
  public let isApproached: Bool

  /// A law that ends at a decay, or has it from the first update on.
  public init(decay: Double, isApproached: Bool = true) {
    self.decay = decay
    self.isApproached = isApproached
  }

  /// What stays at the n-th update, counted from 1.
  public func decay(update n: Int) -> Double {
    isApproached ? min(decay, 1 - pow(1 + Double(n), -2 / 3)) : decay
  }
}
