/// What is asked of the model.
public struct ObjectiveRecipe: Equatable, Sendable {
  /// The path between clip and noise.
  public enum Kind: String, CaseIterable, Sendable {
    case rectifiedFlow
  }

  /// What the model's output means.
  public enum Prediction: String, CaseIterable, Sendable {
    /// noise − clip
    case velocity
    /// The clean clip, turned into a velocity for the loss.
    case clip
  }

  /// The path between clip and noise.
  public let kind: Kind
  /// What the model's output means.
  public let prediction: Prediction
  /// How noise levels are drawn.
  public let times: TimesRecipe
  /// Share of samples, 0 to 1, trained with the empty caption.
  public let captionDropout: Double

  init(_ section: Section) {
    kind = section.choice(
      "kind", default: Kind.rectifiedFlow, "The path between clip and noise: a straight line.")
    prediction = section.choice(
      "prediction", default: Prediction.velocity,
      "What the model gives: the velocity, noise − clip (for latents), or the clean clip (for pixels in "
        + "patches of more values than the model is wide).")
    times = section.section(
      "times", "How the time of a sample, its share of noise from 0 to 1, is drawn.", TimesRecipe.init)
    captionDropout = section.number(
      "captionDropout", .from(0, through: 1), default: 0.1,
      "Share of the samples trained with the empty caption, which guidance needs.")
  }
}

/// How the time of a sample is drawn: logit-normal, then shifted towards noise.
public struct TimesRecipe: Equatable, Sendable {
  /// The shift s in t′ = s·t / (1 + (s − 1)·t).
  public enum Shift: Equatable, Sendable {
    /// By the tokens of a clip: 1 at 256 tokens, 3 at 4096, linear between and beyond (the law of Open-Sora
    /// 2).
    case tokens
    /// The same for every clip.
    case constant(Double)
  }

  /// Mean of the normal variable in front of the logistic function.
  public let mean: Double
  /// Its standard deviation.
  public let deviation: Double
  /// The shift towards noise.
  public let shift: Shift

  init(_ section: Section) {
    mean = section.number(
      "mean", .from(-10, through: 10), default: 0,
      "Mean of the normal variable whose logistic function is the time; higher is noisier.")
    deviation = section.number(
      "deviation", .above(0, through: 10), default: 1, "Standard deviation of that normal variable.")
    let json = section.value(
      "shift", .either(.number(.above(0, through: 100)), or: .choice(["tokens"])), .standard("tokens"),
      "Shift s of times towards noise, t′ = s·t / (1 + (s − 1)·t): a number (1 shifts nothing), or by the "
        + "tokens of a clip, 1 at 256 and 3 at 4096.")
    shift = if case .number(let shift) = json.value { .constant(shift) } else { .tokens }
  }
}
