import Checkpoints
import Commands
import Files
import Ranks
import Recipes
import Training

/// What a run sees to before its first step.
extension TrainingRun {
  /// Sees to room on the disk, and begins the log and the recipe in the folder; only on the first rank.
  static func prepare(
    _ folder: RunFolder, _ checkpoints: CheckpointFolder, _ start: RunBeginning.Start, _ recipe: Recipe
  ) throws -> MetricsLog? {
    let state = start.state
    return try state.group.together { () -> MetricsLog? in
      guard state.group.isFirst else { return nil }
      let space = RunSpace(
        recipe, checkpoint: state.checkpointBytesOfAllRanks, from: state.step,
        kept: (try? checkpoints.list().count) ?? 0,
        best: (try? CheckpointFolder(folder.best).list().count) ?? 0)
      try checkpoints.requireSpace(of: space.total)
      let metrics = try MetricsLog(path: folder.metrics, from: state.step)
      if !start.changes.isEmpty { try metrics.add(step: state.step, changed: start.changes) }
      do throws(Disk.Failure) {
        try WholeFile.replace(folder.recipe, with: Array(recipe.resolvedJSON().utf8))
      } catch {
        throw Failure(
          .cannotCreate,
          "Cannot write \(folder.recipe): \(error.words); make room, or name a folder that you may write to.")
      }
      return metrics
    }
  }

  /// Throws unless there are steps left to do.
  func requireStepsToDo(until stopAfter: Int?) throws {
    if let stopAfter, stopAfter <= state.step {
      throw Failure(.usage, "--stop-after \(stopAfter) is not beyond step \(state.step), which is done.")
    }
    guard state.step <= recipe.training.steps else {
      throw Failure(
        .unfitInput,
        "training.steps: \(recipe.training.steps) is fewer than the \(state.step) steps that are done; give at least as many."
      )
    }
  }
}
