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
  public func run(_ clips: ClipReader, shared: SharedLook, goesOn: () -> Bool) -> Evaluation? {
    let rows = shared.rows(ofClips: clips.count, batch: batch) { losses(of: clips, $0, goesOn) }
    guard let rows else { return nil }
    let figures = objective.heldOutConditions.enumerated().map { place, condition in
      Evaluation.Figure(condition, rows.reduce(0) { $0 + $1[place] } / Double(max(1, clips.count)))
    }
    let loss = figures.reduce(0) { $0 + $1.value } / Double(figures.count)
    let evaluation = Evaluation(
      title: "held-out loss", condition: objective.conditionTitle, figures: figures, loss: loss)
    return choosesBest ? evaluation : evaluation.chosen(by: nil)
  }

  /// The loss of each clip of a batch under each condition; nil if it was stopped.
  private func losses(of clips: ClipReader, _ range: Range<Int>, _ goesOn: () -> Bool) -> [[Double]]? {
    let examples = objective.prepared(clips.examples(range))
    let position = Position(seed: Self.seed, step: 0, firstSample: range.lowerBound)
    var rows = [[Double]](repeating: [], count: range.count)
    for condition in objective.heldOutConditions.indices {
      guard goesOn() else { return nil }
      let losses = objective.heldOutLosses(examples, condition: condition, at: position)
      for (clip, loss) in losses.enumerated() { rows[clip].append(loss) }
    }
    return rows
  }
}
