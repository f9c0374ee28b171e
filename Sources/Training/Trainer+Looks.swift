import Checkpoints
import Evaluation
import Foundation

extension Trainer {
  /// Brings the best checkpoint and what the state says of it together, before the first step.
  func forgetWhatIsNotThere(in bestFolder: CheckpointFolder) {
    // A run that went back behind its best checkpoint has not come to it yet.
    if state.group.isFirst {
      for warning in bestFolder.removeBeyond(step: state.step) { observer?.warned(warning) }
    }
    // Where the best checkpoint was not kept, or is lost, the next one that is looked at is.
    let isLost =
      state.group.isFirst && state.best.map { $0.step > 0 && !bestFolder.has(step: $0.step) } ?? false
    if state.group.any(isLost) { state.best = nil }
  }

  /// Measures the averaged weights on held-out clips, and keeps the best checkpoint. Whatever it is stopped in, it begins
  /// anew when the run goes on.
  func validate() throws {
    state.owesLook = false
    // How far the weights are from a base's is worth a look without clips, too.
    guard heldOut.clips != nil || heldOut.remembered != nil || state.blueprint.base != nil else { return }
    state.owesLook = true
    let report = state.parameters.withAverage {
      look().map { report in
        observer?.validated(report)
        return report
      }
    }
    guard let report else { return }
    state.owesLook = false
    for remark in report.remarks where !lastRemarks.contains(remark) {
      observer?.warned("step \(report.step): \(remark)")
    }
    lastRemarks = report.remarks
    warn(of: report)
    guard let list = report.heldOutList, let choice = report.choice, choice.isFinite else { return }
    try compareWithBest(choice, on: list, isLoss: report.heldOut.first?.choice != nil)
  }

  /// Tells what the evaluators find wrong, against what they measured at the first look.
  private func warn(of report: HeldOutReport) {
    for (evaluator, now) in zip(state.subject.evaluators, report.heldOut) {
      let first = state.firstLook[now.title] ?? now.figures
      state.firstLook[now.title] = first
      for warning in evaluator.warnings(now, first: first) {
        observer?.warned("step \(state.step): \(warning)")
      }
    }
  }

  /// What the evaluators measure; nil if the run is asked to stop meanwhile.
  private func look() -> HeldOutReport? {
    let shared = SharedLook(state.group)
    var measured: [[Evaluation]] = []
    for clips in [heldOut.clips, heldOut.remembered] {
      var evaluations: [Evaluation] = []
      for evaluator in clips == nil ? [] : state.subject.evaluators {
        guard let evaluation = evaluator.run(clips!, shared: shared, goesOn: { !shouldStop() }) else {
          return nil
        }
        evaluations.append(evaluation)
      }
      measured.append(evaluations)
    }
    return HeldOutReport(
      step: state.step, heldOut: measured[0], remembered: measured[1], heldOutList: heldOut.clipsList,
      rememberedList: heldOut.rememberedList, trainedOn: heldOut.trainedOn, caution: heldOut.caution)
  }

  /// Keeps the checkpoint if it is better than all before it, and says so if for long none was.
  /// - Parameters:
  ///   - clips: the hash of the list that the loss was measured on: losses on others do not compare.
  ///   - isLoss: whether it is the held-out loss that checkpoints of this kind are chosen by.
  private func compareWithBest(_ loss: Double, on clips: String, isLoss: Bool) throws {
    let best = state.best.flatMap { $0.clips == nil || $0.clips == clips ? $0 : nil }
    if best == nil && state.best != nil {
      observer?.warned(
        "step \(state.step): the held-out clips are others than those that the best checkpoint was chosen by, so it is "
          + "chosen anew from here on.")
    }
    if best.map({ loss < $0.loss }) ?? true {
      state.best = RunState.Best(loss: loss, step: state.step, clips: clips)
      state.looksWithoutBetter = 0
      if let bestFolder, state.step > 0 { try save(to: bestFolder, keep: 1) }
    } else {
      state.looksWithoutBetter += 1
      let patience = state.blueprint.recipe.evaluation.patience
      if isLoss && patience > 0 && state.looksWithoutBetter == patience, let best = state.best {
        // A base that was trained well is disturbed by a full rate before it gains by the new clips.
        let cause =
          best.step == 0
          ? "so far more of the base is lost than learned. If that goes on, train with a smaller learning rate, on more clips, "
            + "or for fewer steps."
          : "the clips are being learned by heart. Stop here, or train for fewer steps, on more clips, or with a smaller "
            + "learning rate."
        observer?.warned(
          "step \(state.step): the held-out loss has not been lower than at step \(best.step) for \(patience) looks "
            + "(\(short(loss)) now, \(short(best.loss)) then): \(cause)")
      }
    }
  }

  private func short(_ loss: Double) -> String { String(format: "%.4f", loss) }

  /// Has samples made of the averaged weights.
  func sample() {
    state.parameters.withAverage {
      observer?.samplesDue(step: state.step, subject: state.subject, goesOn: { !shouldStop() })
    }
  }
}
