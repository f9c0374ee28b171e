import Foundation

/// The learning rate over a run: a linear warm-up to the peak, then a curve down to the last step.
public struct LearningRateSchedule: Sendable, Equatable {
  /// The curve behind the warm-up.
  public enum Shape: String, CaseIterable, Sendable {
    /// Half a cosine, slow at both ends.
    case cosine
    /// The peak to the end.
    case constant
    /// A straight line.
    case linear
  }

  /// The highest rate.
  public let peak: Double
  /// Steps of the warm-up.
  public let warmupSteps: Int
  /// The curve behind it.
  public let shape: Shape
  /// The last step's rate over the peak; unused where the rate is constant.
  public let finalShare: Double
  /// Steps of the run.
  public let steps: Int

  /// The rates of a run of `steps` steps.
  public init(peak: Double, warmupSteps: Int, shape: Shape, finalShare: Double, steps: Int) {
    self.peak = peak
    self.warmupSteps = warmupSteps
    self.shape = shape
    self.finalShare = finalShare
    self.steps = steps
  }

  /// The rate of step 0, 1, ….
  public func callAsFunction(at step: Int) -> Double {
    if step < warmupSteps { return peak * Double(step + 1) / Double(warmupSteps) }
    let final = peak * finalShare
    let progress = min(1, Double(step - warmupSteps) / Double(max(1, steps - 1 - warmupSteps)))
    return switch shape {
    case .constant: peak
    case .linear: peak + (final - peak) * progress
    case .cosine: final + (peak - final) * 0.5 * (1 + cos(.pi * progress))
    }
  }
}
