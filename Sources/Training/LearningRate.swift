import Foundation
import Recipes

/// The learning rate over a run: a linear warm-up to the peak, then the schedule down to the last step.
public struct LearningRate: Sendable {
  let peak: Double, final: Double
  let warmup: Int, steps: Int
  let schedule: OptimizerRecipe.Schedule

  /// The rates of a run of `steps` steps.
  public init(_ recipe: OptimizerRecipe, steps: Int) {
    peak = recipe.learningRate
    final = recipe.learningRate * recipe.finalLearningRate
    warmup = recipe.warmup
    schedule = recipe.schedule
    self.steps = steps
  }

  /// The rate of step 0, 1, ….
  public func callAsFunction(at step: Int) -> Double {
    if step < warmup { return peak * Double(step + 1) / Double(warmup) }
    let progress = min(1, Double(step - warmup) / Double(max(1, steps - 1 - warmup)))
    return switch schedule {
    case .constant: peak
    case .linear: peak + (final - peak) * progress
    case .cosine: final + (peak - final) * 0.5 * (1 + cos(.pi * progress))
    }
  }
}
