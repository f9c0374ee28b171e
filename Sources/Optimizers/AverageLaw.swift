import Foundation

/// How much of the average of the weights (EMA) stays at each update.
///
/// The decay is approached from below, so that the average of a young run is not that of its first random weights: at update n
/// it is at most 1 − (1 + n)^(−2/3).
public struct AverageLaw: Sendable, Equatable {
  /// The decay of late updates, in 0…1.
  public let decay: Double

  /// A law that ends at a decay.
  public init(decay: Double) { self.decay = decay }

  /// What stays at the n-th update, counted from 1.
  public func decay(update n: Int) -> Double { min(decay, 1 - pow(1 + Double(n), -2 / 3)) }
}
