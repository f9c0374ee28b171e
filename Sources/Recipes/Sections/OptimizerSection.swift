import Fields
import Optimizers

/// The optimizer, its learning rate over the steps, and the average of the weights.
public struct OptimizerSection: Equatable, Sendable {
  /// How weights follow gradients.
  public let kind: OptimizerKind
  /// Peak learning rate.
  public let learningRate: Double
  /// The constants of AdamW's update, whose weight decay is Muon's too.
  public let constants: AdamW.Constants
  /// Greatest norm of the whole gradient; 0 for no limit.
  public let gradientClipNorm: Double
  /// A norm of the whole gradient of more than so many times the usual one is left out; 0 for no limit.
  public let spikeFactor: Double
  /// Steps of linear warm-up.
  public let warmupSteps: Int
  /// How the learning rate falls after the warm-up.
  public let schedule: LearningRateSchedule.Shape
  /// Learning rate of the last step, as a share of the peak.
  public let finalLearningRate: Double
  /// Decay of the exponential average of the weights; 0 for none.
  public let emaDecay: Double
  /// Whether the decay is approached from below in the first steps.
  public let approachesEmaDecay: Bool
  /// For the kind muon.
  public let muon: MuonSection

  init(_ section: Section) {
    kind = section.choice(
      "kind", default: OptimizerKind.adamW,
      "How weights follow gradients: by AdamW, or hidden matrices by Muon and all else by AdamW.")
    learningRate = section.number(
      "learningRate", .above(0, below: 1), default: 1e-3, "Learning rate at its peak, after the warm-up.")
    let betas = section.numbers(
      "betas", .from(0, below: 1), default: [0.9, 0.95], "Decay rates of the first and second moment.")
    let epsilon = section.number(
      "epsilon", .above(0, through: 1), default: 1e-8, "Added to the root of the second moment.")
    let weightDecay = section.number(
      "weightDecay", .from(0, through: 1), default: 0.01,
      "Decoupled weight decay, on the weights of products only; times the learning rate a step.")
    let isCautious = section.flag(
      "cautious", default: false,
      "Whether an update leaves out the numbers that go against the newest gradient (Liang and others, 2024); for AdamW "
        + "and Muon.")
    constants = AdamW.Constants(
      beta1: betas[0], beta2: betas[1], epsilon: epsilon, weightDecay: weightDecay, isCautious: isCautious)
    gradientClipNorm = section.number(
      "gradientClipNorm", .from(0, through: 1_000_000), default: 1,
      "Greatest norm of the whole gradient, beyond which it is scaled down; 0 for no limit.")
    spikeFactor = section.number(
      "spikeFactor", .from(0, through: 1_000_000), default: 30,
      "A step whose gradient's norm is more than so many times the median of the last 128 is left out; 0 leaves "
        + "none out.")
    section.expect(
      spikeFactor == 0 || spikeFactor >= 1, of: "spikeFactor",
      otherwise: "must be 0 or at least 1, but is \(spikeFactor): usual steps would be left out")
    warmupSteps = section.integer(
      "warmupSteps", 0...1_000_000_000, default: 100,
      "Steps in which the learning rate rises linearly from 0.")
    schedule = section.choice(
      "schedule", default: LearningRateSchedule.Shape.cosine,
      "How the learning rate goes on after the warm-up.")
    finalLearningRate = section.number(
      "finalLearningRate", .from(0, through: 1), default: 0.1,
      "Learning rate at the last step, as a share of the peak; the constant schedule ignores it.")
    emaDecay = section.number(
      "emaDecay", .from(0, through: 1), default: 0.999,
      "Decay of the exponential average of the weights, approached from below in the first steps; 0 "
        + "averages nothing."
    )
    approachesEmaDecay = section.flag(
      "emaApproach", default: true,
      "Whether the first steps keep less of the average than emaDecay, so that it leaves its random beginning soon; false "
        + "suits an average that is a teacher (task.kind jointEmbedding).")
    muon = section.section("muon", "Muon, for the kind muon.", MuonSection.init)
  }

  /// The learning rates of a run of `steps` steps.
  public func learningRates(steps: Int) -> LearningRateSchedule {
    LearningRateSchedule(
      peak: learningRate, warmupSteps: warmupSteps, shape: schedule, finalShare: finalLearningRate,
      steps: steps)
  }
}
