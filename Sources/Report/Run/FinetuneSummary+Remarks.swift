import Foundation

extension FinetuneSummary {
  /// A median change of the weights below this share of their size is hardly any, unless the loss says otherwise.
  static let hardlyMoved = 0.001
  /// A change of the loss on the new clips below this share is none to speak of.
  static let hardlyBetter = 0.01
  /// From this share on, a rise of the loss on the base's clips is forgetting.
  static let forgetting = 0.2

  /// Where the checkpoint with the least loss on the new clips lies, if it is not the last one, without a full stop.
  /// - Parameter folder: the run's, or nothing for a path that begins in it.
  public func bestStep(in folder: String? = nil) -> String? {
    guard let least = newClips, least.leastStep > 0, least.leastStep < step else { return nil }
    let words = "the least held-out loss was at step \(least.leastStep)"
    guard let bestCheckpoint else {
      return words + ", and its checkpoint is not kept; from when evaluation.keepBest is set, the best one is"
    }
    return words + ": " + (folder.map { $0 + "/" } ?? "") + bestCheckpoint + " has that checkpoint"
  }

  /// What a reader should do something about, a sentence each, without a capital and a full stop.
  public var warnings: [String] { [effect ?? gain, forgotten].compactMap { $0 } }

  private var gain: String? {
    guard let least = newClips, least.leastStep == 0 else { return nil }
    return
      "no step had a lower loss on the new clips than the base itself: lower the learning rate, or look whether "
      + "the held-out clips are of the same kind as those that are trained on"
  }

  private var effect: String? {
    guard let spread = weightChange.spread, spread.median.relative < Self.hardlyMoved,
      spread.most.relative < 10 * Self.hardlyMoved, abs(newClips?.change ?? 0) < Self.hardlyBetter
    else { return nil }
    let moved = "weights moved by \(Self.percent(spread.median))"
    return isAdapter
      ? "the adapter has hardly any effect: \(moved); raise the learning rate, rank or steps"
      : "training has hardly any effect: \(moved); raise the learning rate or steps"
  }

  private var forgotten: String? {
    guard let change = baseClips?.change, change > Self.forgetting else { return nil }
    return
      "the model forgets: its loss on the base's clips rose by \(String(format: "%.0f %%", 100 * change)); "
      + "lower the learning rate, train fewer steps, or mix old clips in"
  }
}
