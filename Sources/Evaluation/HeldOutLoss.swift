import Clips
import Objectives

/// The loss on held-out clips under each of an objective's conditions, with the same noise at each call.
public struct HeldOutLoss: Evaluator {
  /// The noise's seed: one for all runs, so that their figures can be compared.
  public static let seed: UInt64 = 20_260

  private let objective: any Objective
  private let batch: Int
  private let choosesBest: Bool

  /// The loss of an objective.
  /// - Parameters:
  ///   - batch: clips a pass.
  ///   - choosesBest: whether a smaller loss is a better model; not where the model makes its own targets.
  public init(_ objective: any Objective, batch: Int, choosesBest: Bool = true) {
    self.objective = objective
    self.batch = batch
    self.choosesBest = choosesBest
  }

  /// The mean over clips for each condition; their mean is the loss.
  public func run(_ clips: ClipReader, goesOn: () -> Bool) -> Evaluation? {
    let conditions = objective.heldOutConditions
    var sums = conditions.map { _ in 0.0 }
    for first in stride(from: 0, to: clips.count, by: batch) {
      let examples = objective.prepared(clips.examples(first..<min(clips.count, first + batch)))
      for condition in conditions.indices {
        guard goesOn() else { return nil }
        let losses = objective.heldOutLosses(
          examples, condition: condition, at: Position(seed: Self.seed, step: 0, firstSample: first))
        for loss in losses { sums[condition] += loss }
      }
    }
    let figures = zip(conditions, sums).map { Evaluation.Figure($0, $1 / Double(max(1, clips.count))) }
    let loss = figures.reduce(0) { $0 + $1.value } / Double(figures.count)
    let evaluation = Evaluation(
      title: "held-out loss", condition: objective.conditionTitle, figures: figures, loss: loss)
    return choosesBest ? evaluation : evaluation.chosen(by: nil)
  }
}
