/// AdamW, its learning rate over the steps, and the average of the weights.
public struct OptimizerRecipe: Equatable, Sendable {
  /// How the learning rate falls after the warm-up.
  public enum Schedule: String, CaseIterable, Sendable {
    case cosine
    case constant
    case linear
  }

  /// Peak learning rate.
  public let learningRate: Double
  /// Decay rates of the two moments.
  public let betas: [Double]
  /// Added to the root of the second moment.
  public let epsilon: Double
  /// Decoupled weight decay.
  public let weightDecay: Double
  /// Greatest norm of the whole gradient; 0 for no limit.
  public let clipNorm: Double
  /// Steps of linear warm-up.
  public let warmup: Int
  /// How the learning rate falls after the warm-up.
  public let schedule: Schedule
  /// Learning rate of the last step, as a share of the peak.
  public let finalLearningRate: Double
  /// Decay of the exponential average of the weights.
  public let averageDecay: Double

  init(_ section: Section) {
    learningRate = section.number(
      "learningRate", .above(0, below: 1), default: 1e-3, "Learning rate at its peak, after the warm-up.")
    betas = section.numbers(
      "betas", .from(0, below: 1), default: [0.9, 0.95], "Decay rates of the first and second moment.")
    epsilon = section.number(
      "epsilon", .above(0, through: 1), default: 1e-8, "Added to the root of the second moment.")
    weightDecay = section.number(
      "weightDecay", .from(0, through: 1), default: 0.01,
      "Decoupled weight decay, on the weights of products only; times the learning rate a step.")
    clipNorm = section.number(
      "clipNorm", .from(0, through: 1_000_000), default: 1,
      "Greatest norm of the whole gradient, beyond which it is scaled down; 0 for no limit.")
    warmup = section.integer(
      "warmup", 0...1_000_000_000, default: 100, "Steps in which the learning rate rises linearly from 0.")
    schedule = section.choice(
      "schedule", default: Schedule.cosine, "How the learning rate goes on after the warm-up.")
    finalLearningRate = section.number(
      "finalLearningRate", .from(0, through: 1), default: 0.1,
      "Learning rate at the last step, as a share of the peak; the constant schedule ignores it.")
    averageDecay = section.number(
      "averageDecay", .from(0, through: 1), default: 0.999,
      "Decay of the exponential average of the weights, approached from below in the first steps; 0 "
        + "averages nothing."
    )
  }
}
