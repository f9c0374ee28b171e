import Checkpoints

/// A run that cannot go on as it is.
public struct Diverged: Error, CustomStringConvertible {
  /// What happened, and what is left.
  public let description: String

  init(_ what: String, lastGood: String?) {
    description =
      "the run has diverged: \(what) \(lastGood ?? "There is no checkpoint yet.") Lower optimizer.learningRate, or look at the clips."
  }
}

extension Trainer {
  /// Takes a run that has gone wrong back to its last good checkpoint that no stop has saved, once, and on from there with
  /// the clips that come now: those in between are passed over. The same weights often live through other clips
  /// (Chowdhery and others, "PaLM", 2022, section 5.1).
  /// - Parameter what: what went wrong, in sentences.
  /// - Throws: `Diverged` when there is no checkpoint to go back to, or when the run went back before.
  func goBack(_ what: String) throws {
    let failed = state.step
    isUnderSuspicion = true
    let good = try restoreLastGood(what)
    isUnderSuspicion = false
    state.refused = RefusedSteps()
    state.skippedSteps = failed - good.step
    isSaved(at: good.step)
    // What lies in between is of a course that was given up, and must not be taken for this one.
    if state.group.isFirst {
      for warning in folder.removeBeyond(step: good.step, through: failed) { observer?.warned(warning) }
    }
    if let bestFolder { forgetWhatIsNotThere(in: bestFolder) }
    observer?.wentBack(to: good.step, from: failed)
    observer?.warned(
      "\(what) So the run goes on from step \(good.step) (\(good.path)), with the clips that come after those of step \(failed)."
    )
  }

  /// Restores the checkpoint that the first rank finds.
  private func restoreLastGood(_ what: String) throws -> CheckpointFolder.Found {
    let group = state.group
    let found = try group.together { () -> CheckpointFolder.Found? in
      guard group.isFirst else { return nil }
      guard state.skippedSteps == 0, let good = try folder.newest(before: state.step, where: isWayBack)
      else { throw Diverged(what, lastGood: lastGood) }
      return good
    }
    let step = group.gather(one: Double(found?.step ?? 0))[0]
    return try group.together {
      let good = try found ?? folder.awaited(step: Int(step))
      try state.restore(good.checkpoint)
      return good
    }
  }

  /// Whether a checkpoint is this run's, and not one of a stop.
  private func isWayBack(_ attributes: [String: Attribute]) -> Bool {
    let own = state.blueprint.attributes
    return attributes[RunState.Key.savedByStop] == nil
      && [RunState.Key.seed, RunState.Key.clips, RunState.Key.baseHash].allSatisfy {
        attributes[$0] == own[$0]
      }
  }
}
