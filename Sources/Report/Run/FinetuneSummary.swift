import Foundation

/// What fine-tuning has done: the loss on the new clips and on those of the base before, at best and after, and how far
/// the weights have moved.
///
/// It is told from a run's files alone, so that a run that was stopped and went on tells the same as one in one go.
public struct FinetuneSummary: Sendable, Equatable {
  /// The loss on held-out clips of one kind.
  public struct Losses: Sendable, Equatable {
    /// Before the first step and after the last look; nil where they were not finite.
    public let before: Double?, after: Double?
    /// The least, and the step after which it was measured first.
    public let least: Double, leastStep: Int

    /// (after − before) / before.
    public var change: Double? {
      guard let before, let after, before > 0 else { return nil }
      return after / before - 1
    }
  }

  /// The last step after which was measured.
  public let step: Int
  /// On clips of the kind that is trained, and on clips of the kind that the base was trained on; nil where there were none.
  public let newClips: Losses?, baseClips: Losses?
  /// How far the weights of each block have moved by then.
  public let weightChange: [BlockChange]
  /// The checkpoint with the least loss on the new clips, as a path in the run's folder; nil where that is the last one,
  /// or is not kept.
  public let bestCheckpoint: String?
  /// Whether the base's weights are frozen beside adapters.
  let isAdapter: Bool

  /// - Parameters:
  ///   - recipe: says what is trained.
  ///   - checkpoints: what is kept, as paths in the run's folder, by step.
  /// - Returns: nil where nothing was measured before the first step, or nothing after it.
  init?(_ metrics: RunMetrics, recipe: RecipeText, checkpoints: [Int: String]) {
    let looks = metrics.validations
    guard let first = looks.first, first.step == 0, let last = looks.last, last.step > 0 else { return nil }
    // Losses on other clips than the last ones do not compare with theirs.
    func losses(_ value: (RunMetrics.Validation) -> Double, on list: (RunMetrics.Validation) -> String?)
      -> Losses?
    {
      let finite = looks.filter { value($0).isFinite && list($0) == list(last) }
      guard let least = finite.min(by: { value($0) < value($1) }) else { return nil }
      func known(_ look: RunMetrics.Validation) -> Double? {
        value(look).isFinite && list(look) == list(last) ? value(look) : nil
      }
      return Losses(before: known(first), after: known(last), least: value(least), leastStep: least.step)
    }
    step = last.step
    newClips = losses(\.mean, on: \.list)
    baseClips = losses(\.rememberedMean, on: \.rememberedList)
    weightChange = last.weightChange
    guard newClips != nil || baseClips != nil || !weightChange.isEmpty else { return nil }
    bestCheckpoint = newClips.flatMap { $0.leastStep < last.step ? checkpoints[$0.leastStep] : nil }
    isAdapter = recipe.method == "lora"
  }
}

extension FinetuneSummary {
  /// The losses, a row a kind of clips; nil where there were no held-out clips.
  public var table: TextTable? {
    let rows = [("new clips", newClips), ("the base's clips", baseClips)].compactMap { name, losses in
      losses.map { losses in
        [
          name, Self.words(losses.before), Self.words(losses.least), "\(losses.leastStep)",
          Self.words(losses.after), losses.change.map(Self.signed) ?? "–",
        ]
      }
    }
    guard !rows.isEmpty else { return nil }
    return TextTable(
      columns: ["held-out loss", "before (step 0)", "least", "at step", "after (step \(step))", "change"],
      rows: rows)
  }

  /// How far the weights have moved, in one sentence; nil where that was not measured.
  public var movement: String? {
    weightChange.spread.map { spread in
      let blocks = weightChange.count == 1 ? "1 block" : "\(weightChange.count) blocks"
      return "weights moved by \(Self.percent(spread.median)) of their size (median of \(blocks); least "
        + "\(Self.percent(spread.least)), most \(Self.percent(spread.most)) in \(spread.most.block))"
    }
  }

  /// All of it for a terminal.
  /// - Parameter folder: the run's.
  public func text(in folder: String) -> String {
    ([table?.description, movement, bestStep(in: folder)].compactMap { $0 } + warnings).joined(
      separator: "\n")
  }

  private static func words(_ loss: Double?) -> String { loss.map { String(format: "%.5f", $0) } ?? "–" }

  /// +1.2 %; what rounds to nothing has no sign.
  private static func signed(_ share: Double) -> String {
    abs(share) < 0.0005 ? "0.0 %" : String(format: "%+.1f %%", 100 * share)
  }

  static func percent(_ change: BlockChange) -> String {
    Figure.short(100 * change.relative, digits: change.relative < 1 ? 2 : 3) + " %"
  }
}
