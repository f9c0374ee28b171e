import Fields
import Models
import Objectives

/// What is asked of a model that learns a flow from noise to clips.
public struct FlowSection: Sendable, Equatable {
  /// What the output means, and how times are shifted.
  public let flow: Flow
  /// How times are drawn before the shift.
  public let timeLaw: RectifiedFlow.TimeLaw
  /// Share of samples, 0 to 1, trained with the empty caption.
  public let captionDropout: Double

  /// Declares `kind`, `prediction`, `times` and `captionDropout`.
  public init(_ section: Section) {
    _ = section.choice(
      "kind", default: "rectifiedFlow", among: ["rectifiedFlow"],
      "The path between clip and noise: a straight line.")
    let prediction = section.choice(
      "prediction", default: Flow.Prediction.velocity,
      "What the model gives: the velocity, noise − clip (for latents), or the clean clip x0 (for pixels in "
        + "patches of more values than the model is wide).")
    let times = section.section(
      "times", "How the time of a sample, its share of noise from 0 to 1, is drawn.", Self.times)
    flow = Flow(prediction: prediction, shift: times.shift)
    timeLaw = times.law
    captionDropout = section.number(
      "captionDropout", .from(0, through: 1), default: 0.1,
      "Share of the samples trained with the empty caption, which guidance needs.")
  }

  /// Logit-normal times, shifted towards noise.
  private static func times(_ section: Section) -> (law: RectifiedFlow.TimeLaw, shift: Flow.Shift) {
    let mean = section.number(
      "mean", .from(-10, through: 10), default: 0,
      "Mean of the normal variable whose logistic function is the time; higher is noisier.")
    let deviation = section.number(
      "deviation", .above(0, through: 10), default: 1, "Standard deviation of that normal variable.")
    let shift = section.value(
      "shift", .either(.number(.above(0, through: 100)), or: .choice(["tokens"])), .standard("tokens"),
      "Shift s of times towards noise, t′ = s·t / (1 + (s − 1)·t): a number (1 shifts nothing), or by the "
        + "tokens of a clip, 1 at 256 and 3 at 4096.")
    let law = RectifiedFlow.TimeLaw(mean: mean, deviation: deviation)
    if case .number(let shift) = shift.value { return (law, .constant(shift)) }
    return (law, .tokens)
  }
}
