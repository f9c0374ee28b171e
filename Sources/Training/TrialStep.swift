import Clips
import Layers
import Objectives
import Tensors

/// The clips of a trial's step.
struct TrialShape: Equatable {
  var clips: Int, frames: Int
  let height: Int, width: Int

  /// A pass of some clips.
  init(clips: Int, _ shape: ClipShape) {
    self.clips = clips
    (frames, height, width) = (shape.frames, shape.height, shape.width)
  }
}

/// A step of a model with fewer blocks than the run's, to be timed or rehearsed.
final class TrialStep {
  private let step: TrainingStep
  private let objective: TimedObjective
  private let examples: Examples
  private var updates = 0

  init(
    _ blueprint: Blueprint, _ depths: StepForecast.Depths, _ shape: TrialShape, _ captions: [String]
  ) throws {
    let recipe = blueprint.recipe
    let subject = try blueprint.makeSubject(depths: depths)
    subject.parameters.allocate(
      seed: UInt64(recipe.seed), withAverage: blueprint.averageLaw != nil)
    objective = TimedObjective(subject.objective)
    let share = blueprint.share(of: subject.parameters, units: 1)
    step = blueprint.makeStep(
      objective, blueprint.makeOptimizer(subject.parameters, of: share.pieces), share)
    examples = subject.madeUp(
      shape.clips,
      shape: ClipShape(
        frames: shape.frames, height: shape.height, width: shape.width,
        frameRate: blueprint.clipShape.frameRate),
      latents: recipe.data.latents != nil, captions: captions)
  }

  /// Operations of the products of all passes that were rehearsed; those of updates are not among them.
  var passOperations: Int { objective.operations }

  /// Takes a step.
  func run() -> StepForecast.Times {
    let clock = ContinuousClock()
    let start = clock.now
    objective.seconds = 0
    _ = step([examples], at: Position(seed: 0, step: updates), rate: 1e-4)
    updates += 1
    let seconds = (clock.now - start) / .seconds(1)
    return .init(pass: objective.seconds, update: seconds - objective.seconds)
  }
}

/// An objective whose passes are timed, and their operations counted in a rehearsal.
private final class TimedObjective: Objective {
  private let real: any Objective
  /// Spent in passes.
  var seconds = 0.0
  /// Of the passes' products.
  var operations = 0

  init(_ real: any Objective) { self.real = real }

  var parameters: ParameterStore { real.parameters }
  var conditionTitle: String { real.conditionTitle }
  var heldOutConditions: [String] { real.heldOutConditions }

  func addGradients(_ examples: Examples, at position: Position, share: Double) -> [Double] {
    let clock = ContinuousClock()
    let start = clock.now
    let before = Plan.isRunning ? Plan.productOperationsSoFar : 0
    defer {
      seconds += (clock.now - start) / .seconds(1)
      if Plan.isRunning { operations += Plan.productOperationsSoFar - before }
    }
    return real.addGradients(examples, at: position, share: share)
  }

  func prepared(_ examples: Examples) -> Examples { real.prepared(examples) }

  func heldOutLosses(_ examples: Examples, condition: Int, at position: Position) -> [Double] {
    real.heldOutLosses(examples, condition: condition, at: position)
  }
}
