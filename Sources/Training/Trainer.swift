import Checkpoints
import Clips
import Foundation
import Models
import Objectives
import Recipes
import Tensors

/// What a run tells of itself while it goes on.
public protocol TrainingObserver: AnyObject {
  /// A step is done.
  func finished(_ step: StepReport)
  /// Held-out losses were measured, one a condition.
  func validated(step: Int, losses: [(condition: String, loss: Double)])
  /// Samples are wanted; the model computes with the averaged weights during the call.
  func samplesDue(step: Int, model: TextToVideoModel)
  /// A checkpoint is on disk.
  func saved(step: Int, path: String)
  /// Something to know that does not stop the run.
  func warned(_ message: String)
}

/// One step in figures.
public struct StepReport: Sendable {
  /// Steps done, this one included, and steps of the run.
  public let step: Int, steps: Int
  /// The mean loss, the gradient's norm before clipping, and the learning rate.
  public let loss: Double, gradientNorm: Double, learningRate: Double
  /// Clips of the step.
  public let clips: Int
  /// Seconds that the step took, and how many of them were spent waiting for clips.
  public let seconds: Double, secondsWaited: Double
  /// Operations of its matrix products.
  public let operations: Int
}

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
  private let validation: ClipReader?
  private let folder: CheckpointFolder
  private weak var observer: (any TrainingObserver)?

  /// - Parameters:
  ///   - state: where to begin or go on.
  ///   - loader: gives the batches from the state's step on.
  ///   - validation: held-out clips, if any.
  ///   - folder: where checkpoints go.
  public init(
    _ state: RunState, loader: BatchLoader, validation: ClipReader?, folder: CheckpointFolder,
    observer: any TrainingObserver
  ) {
    self.state = state
    self.loader = loader
    self.validation = validation
    self.folder = folder
    self.observer = observer
  }

  /// Runs to the end, or until it is asked to stop.
  ///
  /// - Parameters:
  ///   - stopAfter: the number of steps after which to save and stop.
  ///   - shouldStop: asked after each step.
  /// - Throws: `Diverged`, `BadClipsError`, `CheckpointError` and whatever the loader throws.
  public func run(stopAfter: Int? = nil, shouldStop: () -> Bool = { false }) throws -> Outcome {
    let recipe = state.blueprint.recipe
    let (steps, training) = (recipe.training.steps, recipe.training)
    let rates = state.blueprint.learningRates
    let objective = state.blueprint.makeObjective(state.model)
    let learn = TrainingStep(
      objective, state.optimizer, clipNorm: recipe.optimizer.clipNorm, average: state.blueprint.averageLaw)
    func due(_ every: Int) -> Bool { every > 0 && (state.step % every == 0 || state.step == steps) }

    while state.step < steps {
      try takeStep(learn, rate: rates(at: state.step))
      let stopping = shouldStop() || state.step == stopAfter
      if due(training.validateEvery), let validation { validate(objective, validation) }
      if due(training.checkpointEvery) || stopping || state.step == steps { try save() }
      if due(training.sampleEvery) {
        state.model.parameters.withAverage {
          observer?.samplesDue(step: state.step, model: state.model)
        }
      }
      if stopping && state.step < steps { return .stopped(step: state.step) }
    }
    return .finished
  }

  private func takeStep(_ learn: TrainingStep, rate: Double) throws {
    let clock = ContinuousClock()
    let (begun, operations) = (clock.now, Work.productOperations)
    let recipe = state.blueprint.recipe
    let batch = try loader.next()
    let result = learn(
      parts(of: batch), names: batch.entries.map(\.name),
      at: Position(seed: UInt64(recipe.seed), step: state.step), rate: rate)
    state.step += 1
    state.refusals = result.refusal == nil ? 0 : state.refusals + 1
    observer?.finished(
      StepReport(
        step: state.step, steps: recipe.training.steps, loss: result.loss, gradientNorm: result.gradientNorm,
        learningRate: rate, clips: batch.count, seconds: (clock.now - begun) / .seconds(1),
        secondsWaited: batch.secondsWaited, operations: Work.productOperations - operations))
    if let refusal = result.refusal {
      observer?.warned(refusal.description)
      if state.refusals >= Self.mostRefusals { throw Diverged(last: refusal, count: state.refusals) }
    }
  }

  /// A batch's clips in as many parts as gradients are accumulated over.
  private func parts(of batch: Batch) -> [Examples] {
    let count = state.blueprint.recipe.training.accumulate
    let size = batch.count / count
    let captions = batch.captions
    return (0..<count).map { index in
      Examples(
        clips: batch.clips.view(at: index * batch.clips.count / count, [size] + batch.clips.shape[1...]),
        captions: Array(captions[index * size..<(index + 1) * size]))
    }
  }

  /// Held-out loss of the averaged weights, on fixed noise.
  private func validate(_ objective: any Objective, _ clips: ClipReader) {
    let losses = state.model.parameters.withAverage {
      HeldOutLoss(batch: state.blueprint.recipe.training.batch).measure(objective, clips)
    }
    observer?.validated(step: state.step, losses: losses)
  }

  private func save() throws {
    let saved = try folder.save(
      state.contents, step: state.step, keep: state.blueprint.recipe.training.keepCheckpoints)
    for warning in saved.warnings { observer?.warned(warning) }
    observer?.saved(step: state.step, path: saved.path)
  }
}
