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
    /// Stopped on request after this many steps, with a checkpoint saved.
    case stopped(step: Int)
  }

  /// A run whose steps are refused one after the other.
  public struct Diverged: Error, CustomStringConvertible {
    /// The last refusal.
    public let last: TrainingStep.Refusal
    /// How many in a row.
    public let count: Int
    /// The count, and the last refusal's words.
    public var description: String {
      "the run has diverged: \(count) steps in a row were refused. \(last) The newest checkpoint is from before."
    }
  }

  /// Refused steps in a row that end a run.
  static let mostRefusals = 10

  /// The run.
  public let state: RunState
  private let loader: BatchLoader
  private let heldOut: HeldOutClips
  private let folder: CheckpointFolder
  /// Where the checkpoint with the least held-out loss is kept; nil for nowhere.
  private let bestFolder: CheckpointFolder?
  private weak var observer: (any TrainingObserver)?
  /// The step that was saved last, or that the run began at.
  private var lastSaved: Int

  /// - Parameters:
  ///   - state: where to begin or go on.
  ///   - loader: gives the batches from the state's step on.
  ///   - heldOut: clips to look at meanwhile.
  ///   - folder: where checkpoints go.
  ///   - bestFolder: where the best one by held-out loss is kept beside them, if anywhere.
  public init(
    _ state: RunState, loader: BatchLoader, heldOut: HeldOutClips = HeldOutClips(), folder: CheckpointFolder,
    bestFolder: CheckpointFolder? = nil, observer: any TrainingObserver
  ) {
    self.state = state
    lastSaved = state.step
    self.loader = loader
    self.heldOut = heldOut
    self.folder = folder
    self.bestFolder = bestFolder
    self.observer = observer
  }

  /// Runs to the end, or until it is asked to stop.
  ///
  /// A run that starts from a base looks at held-out clips, and samples, once before its first step: what changes is seen
  /// only beside what was there.
  /// - Parameters:
  ///   - stopAfter: the number of steps after which to save and stop.
  ///   - shouldStop: asked after each step.
  /// - Throws: `Diverged`, `CheckpointError`, and whatever the loader throws, once what was learned until then is saved.
  public func run(stopAfter: Int? = nil, shouldStop: () -> Bool = { false }) throws -> Outcome {
    let recipe = state.blueprint.recipe
    let (steps, training) = (recipe.training.steps, recipe.training)
    let rates = recipe.optimizer.learningRates(steps: steps)
    let learn = state.blueprint.makeStep(state.subject.objective, state.optimizer)
    func due(_ every: Int) -> Bool { every > 0 && (state.step % every == 0 || state.step == steps) }

    if let bestFolder { forgetWhatIsNotThere(in: bestFolder) }
    if state.step == 0 && state.blueprint.base != nil {
      if training.validateEvery > 0 { try validate() }
      if training.sampleEvery > 0 { sample() }
    }
    while state.step < steps {
      try takeStep(learn, rate: rates(at: state.step))
      let stopping = shouldStop() || state.step == stopAfter
      if due(training.validateEvery) { try validate() }
      if due(training.checkpointEvery) || stopping || state.step == steps { try save(to: folder) }
      if due(training.sampleEvery) { sample() }
      if stopping && state.step < steps { return .stopped(step: state.step) }
    }
    return .finished
  }

  /// Brings the best checkpoint and what the state says of it together, before the first step.
  private func forgetWhatIsNotThere(in bestFolder: CheckpointFolder) {
    // A run that went back behind its best checkpoint has not come to it yet.
    for warning in bestFolder.removeBeyond(step: state.step) { observer?.warned(warning) }
    // Where the best checkpoint was not kept, or is lost, the next one that is looked at is.
    if let best = state.best, best.step > 0, !bestFolder.has(step: best.step) { state.best = nil }
  }

  /// The clips of the next step. Without them the run ends: clips that are bad, or a disk that is, do not cost what was
  /// learned.
  private func nextBatch() throws -> Batch {
    do {
      return try loader.next()
    } catch {
      if state.step > lastSaved {
        do { try save(to: folder) } catch { observer?.warned("\(error)") }
      }
      throw error
    }
  }

  private func takeStep(_ learn: TrainingStep, rate: Double) throws {
    let clock = ContinuousClock()
    let (begun, operations) = (clock.now, Work.productOperations)
    let recipe = state.blueprint.recipe
    let batch = try nextBatch()
    let parts = recipe.training.gradientAccumulation
    let result = learn(
      (0..<parts).map { batch.examples.part($0, of: parts) },
      at: Position(seed: UInt64(recipe.seed), step: state.step), rate: rate)
    state.step += 1
    state.refusals = result.refusal == nil ? 0 : state.refusals + 1
    observer?.finished(
      StepReport(
        step: state.step, steps: recipe.training.steps, loss: result.loss, gradientNorm: result.gradientNorm,
        learningRate: rate, clips: batch.examples.count, seconds: (clock.now - begun) / .seconds(1),
        secondsWaited: batch.secondsWaited, operations: Work.productOperations - operations))
    if let refusal = result.refusal {
      observer?.warned(refusal.description)
      if state.refusals >= Self.mostRefusals { throw Diverged(last: refusal, count: state.refusals) }
    }
  }

  /// Measures the averaged weights on held-out clips, and keeps the best checkpoint.
  private func validate() throws {
    // How far the weights are from a base's is worth a look without clips, too.
    guard heldOut.clips != nil || heldOut.remembered != nil || state.blueprint.base != nil else { return }
    let evaluators = state.subject.evaluators
    let look = state.parameters.withAverage {
      let look = HeldOutReport(
        step: state.step,
        heldOut: heldOut.clips.map { clips in evaluators.map { $0.run(clips) } } ?? [],
        remembered: heldOut.remembered.map { clips in evaluators.map { $0.run(clips) } } ?? [],
        heldOutList: heldOut.clipsList, rememberedList: heldOut.rememberedList,
        trainedOn: heldOut.trainedOn, caution: heldOut.caution)
      observer?.validated(look)
      return look
    }
    guard let list = look.heldOutList, let loss = look.heldOut.first?.loss, loss.isFinite else { return }
    try compareWithBest(loss, on: list)
  }

  /// Keeps the checkpoint if it is better than all before it, and says so if for long none was.
  /// - Parameter clips: the hash of the list that the loss was measured on: losses on others do not compare.
  private func compareWithBest(_ loss: Double, on clips: String) throws {
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
      if patience > 0 && state.looksWithoutBetter == patience, let best = state.best {
        observer?.warned(
          "step \(state.step): the held-out loss has not been lower than at step \(best.step) for \(patience) looks "
            + "(\(short(loss)) now, \(short(best.loss)) then): the clips are being learned by heart. Stop here, or train "
            + "for fewer steps, on more clips, or with a smaller learning rate.")
      }
    }
  }

  private func short(_ loss: Double) -> String { String(format: "%.4f", loss) }

  private func sample() {
    state.parameters.withAverage { observer?.samplesDue(step: state.step, subject: state.subject) }
  }

  private func save(to folder: CheckpointFolder, keep: Int? = nil) throws {
    let saved = try folder.save(
      state.contents, step: state.step, keep: keep ?? state.blueprint.recipe.training.keepCheckpoints)
    for warning in saved.warnings { observer?.warned(warning) }
    if keep == nil { lastSaved = state.step }
    observer?.saved(step: state.step, path: saved.path)
  }
}
