import Clips
import Foundation
import Tensors

/// What the features of an encoder are like on held-out clips: whether they tell clips apart at all, in how many ways, and
/// which classes.
///
/// An encoder that learns to predict its own features can make that easy by giving all clips the same ones: its loss is then
/// small and it knows nothing. So such a run is not judged by its loss but by these figures, of the mean feature of each clip
/// over its tokens:
///
/// - `deviation, clips`: the standard deviation over clips, mean over features; near 0 when all clips look alike.
/// - `deviation, tokens`: the same over all tokens of all clips. It stays large where tokens tell their place alone.
/// - `rank`: exp(−Σ p log p) of the shares p that the covariance's eigenvalues have of their sum (Roy and Vetterli, "The
///   effective rank", 2007): in how many directions clips differ; of eight clips or more.
/// - `covariance`: mean square of the covariances of two different features, divided by their mean variance squared.
/// - `probe`: the share of clips whose class a linear map tells (`FeatureProbe`), where clips have labels.
public struct FeatureStatistics: Evaluator {
  /// The most clips that are looked at, to within a batch: some of the work grows with the cube of their number.
  static let mostClips = 1024

  /// Clips [B, C, F, H, W] to features of their tokens [B·N, D].
  private let features: (_ clips: Tensor) -> Tensor
  private let batch: Int

  /// Names of the figures.
  public static let overClips = "deviation, clips", overTokens = "deviation, tokens"
  /// Names of the figures.
  public static let rank = "rank", covariance = "covariance", probe = "probe"

  /// Statistics of an encoder.
  /// - Parameter batch: clips a pass.
  public init(batch: Int, features: @escaping (_ clips: Tensor) -> Tensor) {
    self.batch = batch
    self.features = features
  }

  /// All figures. Checkpoints are chosen by the share of clips whose class is not told, if they have classes.
  public func run(_ clips: ClipReader, shared: SharedLook, goesOn: () -> Bool) -> Evaluation? {
    // Whole batches of many clips, so that no pass has a size of its own.
    let count = clips.count <= Self.mostClips ? clips.count : max(1, Self.mostClips / batch) * batch
    let rows = shared.rows(ofClips: count, batch: batch) { range in
      goesOn() ? Self.rows(of: features(clips.examples(range).clips), clips: range.count) : nil
    }
    guard let tokens = rows?.map(ClipTokens.init(row:)) else { return nil }
    let means = tokens.map(\.means)
    let told = FeatureProbe.accuracy(features: means, labels: clips.entries.prefix(count).map(\.label))
    return Self.evaluation(means: means, overTokens: ClipTokens.deviation(tokens), told: told)
  }

  /// What the tokens of each clip are like, a row for each.
  private static func rows(of tokens: Tensor, clips: Int) -> [[Double]] {
    let perClip = tokens.rows / clips
    return (0..<clips).map { ClipTokens(tokens, rows: $0 * perClip..<($0 + 1) * perClip).row }
  }

  /// The figures of some clips' mean features.
  static func evaluation(means: [[Double]], overTokens: Double, told: Proportion?) -> Evaluation {
    let shape = ClipSpread(means)
    var figures = [Evaluation.Figure(overClips, shape.deviation), .init(Self.overTokens, overTokens)]
    // A handful of clips cannot differ in many directions.
    if means.count >= 8 { figures.append(.init(rank, shape.rank)) }
    figures.append(.init(covariance, shape.covariance))
    if let share = told?.share { figures.append(.init(probe, share)) }
    return Evaluation(title: "features", condition: "measure", figures: figures, loss: nil)
      .chosen(by: told?.share.map { 1 - $0 })
  }

  /// The rank below which features have collapsed whatever it was before: a last norm keeps their size, and all clips then lie
  /// on one line, that of their brightness, say. (Fresh encoders had 1.8 on the embedded set, collapsed ones 1.05 to 1.1.)
  private static let leastRank = 1.2

  /// Says that the features of all clips grow alike, against what they were at the run's first look.
  public func warnings(_ now: Evaluation, first: [Evaluation.Figure]) -> [String] {
    func value(_ name: String, of figures: [Evaluation.Figure]) -> Double? {
      figures.first { $0.name == name }?.value
    }
    func words(_ value: Double) -> String { String(format: "%.3g", value) }
    let remedy =
      "Lower optimizer.learningRate, or raise optimizer.emaDecay or optimizer.warmupSteps, and begin anew."
    var warnings: [String] = []
    if let deviation = value(Self.overClips, of: now.figures), let before = value(Self.overClips, of: first),
      !(deviation >= max(0.1 * before, 1e-3))
    {
      warnings.append(
        "the features have collapsed: their deviation over clips is \(words(deviation)), and was \(words(before)) at the "
          + "first look, so the encoder tells clips apart no more, and a small loss means nothing. \(remedy)")
    } else if let rank = value(Self.rank, of: now.figures), let before = value(Self.rank, of: first),
      !(rank >= max(0.25 * before, Self.leastRank))
    {
      warnings.append(
        "the features have collapsed, or are about to: clips differ in \(words(rank)) directions (rank), and in \(words(before)) at the "
          + "first look. \(remedy)")
    }
    return warnings
  }
}
