import Clips

/// The loss on held-out clips under each of an objective's conditions, with the same noise at each call.
public struct HeldOutLoss: Sendable {
  /// Clips a pass.
  public let batch: Int
  /// The noise's seed: one for all runs, so that their figures can be compared.
  public static let seed: UInt64 = 20_260

  /// Measures with passes of `batch` clips.
  public init(batch: Int) { self.batch = batch }

  /// The mean over clips for each condition.
  public func measure(
    _ objective: some Objective, _ clips: ClipReader
  ) -> [(condition: String, loss: Double)] {
    objective.heldOutConditions.enumerated().map { condition, name in
      var losses: [Double] = []
      while losses.count < clips.count {
        let part = clips.batch(losses.count..<min(clips.count, losses.count + batch))
        losses += objective.heldOutLosses(
          Examples(clips: part.clips, captions: part.captions), condition: condition,
          at: Position(seed: Self.seed, step: 0, firstSample: losses.count))
      }
      return (name, losses.reduce(0, +) / Double(max(1, losses.count)))
    }
  }
}
