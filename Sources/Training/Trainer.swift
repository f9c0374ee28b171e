import Checkpoints
import Clips
import Foundation
import Objectives
import Optimizers
import Recipes
import Tasks
import Tensors

/// The training loop: batches in, steps, checkpoints out.
public final class Trainer {
  /// How a run ended.
  public enum Outcome: Sendable, Equatable {
    /// All steps are done.
    case finished
    /// Stopped on request after this many steps; what was learned is saved.
    case stopped(step: Int)
  }

  /// The run.
  public let state: RunState
  let loader: BatchLoader
  let heldOut: HeldOutClips
  let folder: CheckpointFolder
  /// Where the checkpoint with the least held-out loss is kept; nil for nowhere.
  let bestFolder: CheckpointFolder?
  weak var observer: (any TrainingObserver)?
  /// The step that was saved last, or that the run began at.
  private var lastSaved: Int
  /// Whether a checkpoint was due while steps were refused, and the last step at which none was saved for that.
  private var owesSave = false, lastUnsaved = -1
  /// The step of the checkpoint that a stop has saved, which goes when the next one is there: it takes no room among those
  /// that are kept.
  private var savedByStop: Int?
  /// What evaluators remarked at the look before: it is not said again.
  var lastRemarks: [String] = []
  /// Whether the weights may be those of a step that went wrong, so that they must not be saved.
  var isUnderSuspicion = false
  /// Whether this process is asked to stop.
  private(set) var shouldStop: () -> Bool = { false }

  /// - Parameters:
  ///   - state: where to begin or go on.
  ///   - loader: gives the batches from the state's `loaderStep` on.
  ///   - heldOut: clips to look at meanwhile.
  ///   - folder: where checkpoints go.
  ///   - bestFolder: where the best one by held-out loss is kept beside them, if anywhere.
  public init(
    _ state: RunState, loader: BatchLoader, heldOut: HeldOutClips = HeldOutClips(), folder: CheckpointFolder,
    bestFolder: CheckpointFolder? = nil, observer: any TrainingObserver
  ) {
    self.state = state
    lastSaved = state.step
    savedByStop = state.isSavedByStop ? state.step : nil
    self.loader = loader
    self.heldOut = heldOut
    self.folder = folder
    self.bestFolder = bestFolder
    self.observer = observer
  }

  /// Runs to the end, or until it is asked to stop.
  ///
  /// A run that starts from a base looks at held-out clips, and samples, once before its first step: what changes is seen
  /// only beside what was there. A run that goes on first makes up for what it was stopped in.
  /// - Parameters:
  ///   - stopAfter: the number of steps after which to save and stop.
  ///   - shouldStop: asked after each step, and before each pass of the model in between.
  /// - Throws: `Diverged`, `CheckpointError`, and whatever the loader throws. Whatever ends the run, what was learned until
  ///   then is saved, unless saving is what failed, or the last steps were refused.
  public func run(stopAfter: Int? = nil, shouldStop: @escaping () -> Bool = { false }) throws -> Outcome {
    self.shouldStop = shouldStop
    do {
      return try train(stopAfter)
    } catch {
      if error.ofThisRank is CheckpointError || !isKnownToAll(error) { throw error }
      if state.step > lastSaved && state.refused.inARow == 0 && !isUnderSuspicion {
        state.isSavedByStop = true
        do { try save() } catch { observer?.warned("\(error)") }
      }
      throw error
    }
  }

  private func train(_ stopAfter: Int?) throws -> Outcome {
    let training = state.blueprint.recipe.training
    let rates = state.blueprint.recipe.optimizer.learningRates(steps: training.steps)
    let learn = state.blueprint.makeStep(state.subject.objective, state.optimizer, state.share)
    func due(_ every: Int) -> Bool {
      every > 0 && (state.step % every == 0 || state.step == training.steps)
    }

    if let bestFolder { forgetWhatIsNotThere(in: bestFolder) }
    let isBeginning = state.step == 0 && state.blueprint.base != nil && training.validateEvery > 0
    let makesUp = state.owesLook
    if isBeginning || makesUp { try validate() }
    // Else a stop in what comes next would have it looked at once more.
    if makesUp && !state.owesLook { try save() }
    state.isSavedByStop = false
    if owesSamples(isDue: due(training.sampleEvery)) { sample() }
    while !isAskedToStop() && state.step < training.steps {
      if try takeStep(learn, rate: rates(at: state.step)) { continue }
      let stopsHere = state.step == stopAfter
      if due(training.validateEvery) { try validate() }
      let isLast = state.step == training.steps
      try saveUnlessRefused(due: due(training.checkpointEvery), isEnd: isAskedToStop() || stopsHere || isLast)
      if due(training.sampleEvery) && !isAskedToStop() { sample() }
      if stopsHere && !isLast { return .stopped(step: state.step) }
    }
    // A stop while samples were made finds a step that may not be saved yet.
    if state.step > lastSaved && state.step != lastUnsaved { try saveUnlessRefused(due: false, isEnd: true) }
    return isAskedToStop() && !isComplete ? .stopped(step: state.step) : .finished
  }

  /// Whether samples are to be made before the first step that this run takes: at its beginning what a base gives, and later
  /// what a stop has cut short.
  private func owesSamples(isDue: Bool) -> Bool {
    if state.step == 0 {
      return state.blueprint.base != nil && state.blueprint.recipe.training.sampleEvery > 0
    }
    return isDue && observer?.hasSamples(step: state.step) == false
  }

  /// Whether all steps are done and nothing is left to make up for.
  private var isComplete: Bool {
    let training = state.blueprint.recipe.training
    guard state.step == training.steps, !state.owesLook else { return false }
    return training.sampleEvery == 0 || observer?.hasSamples(step: state.step) != false
  }

  /// Takes a step.
  /// - Returns: whether the run went back to a checkpoint.
  private func takeStep(_ learn: TrainingStep, rate: Double) throws -> Bool {
    let clock = ContinuousClock()
    let (begun, operations) = (clock.now, Work.productOperations)
    let recipe = state.blueprint.recipe
    let batch = try nextBatch()
    let shape = recipe.data.shapes.isEmpty ? nil : batch.shape
    let usualNorm = (shape.map { state.normsByShape[$0.name] } ?? state.norms).median
    let own = state.share.ownUnits.count
    let result = learn(
      (0..<own).map { batch.examples.part($0, of: own) },
      at: Position(seed: UInt64(recipe.seed), step: state.step), rate: rate, usualNorm: usualNorm)
    state.step += 1
    state.refused.note(step: state.step, isRefused: result.refusal != nil)
    if result.refusal == nil && result.isFinite { note(norm: result.gradientNorm, of: shape) }
    let spent = inAll(waited: batch.secondsWaited, operations: Work.productOperations - operations)
    observer?.finished(
      StepReport(
        step: state.step, steps: recipe.training.steps, loss: result.loss, gradientNorm: result.gradientNorm,
        learningRate: rate, isRefused: result.refusal != nil,
        clips: batch.examples.count / own * state.share.units.count,
        shape: shape, seconds: (clock.now - begun) / .seconds(1),
        secondsWaited: spent.waited, operations: spent.operations))
    if let refusal = result.refusal { observer?.warned(refusal.description) }
    if !result.isFinite {
      try goBack("step \(state.step): the update gave weights or moments that are not finite.")
      return true
    }
    if let refusal = result.refusal, state.refused.areTooMany {
      let count = state.refused
      try goBack(
        count.inARow >= RefusedSteps.mostInARow
          ? "\(count.inARow) steps in a row were refused. \(refusal.facts)"
          : "\(count.steps.count) of the last \(RefusedSteps.span) steps were refused. \(refusal.facts)")
      return true
    }
    return false
  }

  private func note(norm: Double, of shape: ClipShape?) {
    if let shape {
      state.normsByShape[shape.name].add(norm)
    } else {
      state.norms.add(norm)
    }
  }

  /// Saves when it is due, or when the run ends here. While steps are refused the weights are under suspicion: then nothing is
  /// saved that could push out good checkpoints, and what was due comes later.
  private func saveUnlessRefused(due: Bool, isEnd: Bool) throws {
    guard due || isEnd || owesSave else { return }
    if state.refused.inARow == 0 {
      state.isSavedByStop = !due && !owesSave && state.step < state.blueprint.recipe.training.steps
      defer { state.isSavedByStop = false }
      owesSave = false
      return try save()
    }
    (owesSave, lastUnsaved) = (true, state.step)
    guard isEnd else { return }
    let count = state.refused.inARow
    let steps = count == 1 ? "the last step was" : "the last \(count) steps were"
    if state.step == state.blueprint.recipe.training.steps {
      observer?.warned("step \(state.step): \(steps) refused; the checkpoints from before are kept.")
      try save(keep: .max)
    } else {
      observer?.warned(
        "step \(state.step): not saved, since \(steps) refused. \(lastGood ?? "There is no checkpoint yet.")")
    }
  }

  private func save(keep: Int? = nil) throws {
    let ofStops = [state.isSavedByStop, savedByStop != nil].count { $0 }
    try save(to: folder, keep: keep ?? state.blueprint.recipe.training.keepCheckpoints + ofStops)
    lastSaved = state.step
    if let old = savedByStop, old < state.step, state.group.isFirst {
      for warning in folder.removeBeyond(step: old - 1, through: old) { observer?.warned(warning) }
    }
    savedByStop = state.isSavedByStop ? state.step : nil
  }

  /// Saves into a folder and tells it.
  func save(to folder: CheckpointFolder, keep: Int) throws {
    let begun = ContinuousClock.now
    let group = state.group
    let saved = try group.together {
      try folder.save(
        state.contents, step: state.step, keep: keep, together: group.count > 1 ? SavingRanks(group) : nil)
    }
    for warning in saved.warnings { observer?.warned(warning) }
    observer?.saved(
      step: state.step, path: saved.path, seconds: (ContinuousClock.now - begun) / .seconds(1))
  }

  /// Which checkpoint a run that has gone wrong has left, in words.
  var lastGood: String? {
    ((try? folder.list()) ?? []).last { $0.step <= lastSaved }.map {
      "The last good checkpoint is \($0.path)."
    }
  }

  /// Notes that the run is at a step that lies in the folder.
  func isSaved(at step: Int) {
    (lastSaved, lastUnsaved, owesSave, savedByStop) = (step, -1, false, nil)
  }
}
