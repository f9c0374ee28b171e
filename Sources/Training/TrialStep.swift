import Layers
import Models
import Objectives
import Tensors

/// The clips of a trial's step.
struct TrialShape: Equatable {
  var clips: Int, frames: Int
}

/// A step of a model with fewer blocks than the run's, to be timed or rehearsed.
final class TrialStep {
  private let step: TrainingStep
  private let objective: TimedObjective
  private let examples: Examples
  private var updates = 0

  init(_ blueprint: Blueprint, _ trial: StepForecast.Trial, _ shape: TrialShape, _ captions: [String]) {
    let recipe = blueprint.recipe
    let model = blueprint.makeModel(depth: trial.depth, textDepth: trial.textDepth)
    model.parameters.allocate(seed: UInt64(recipe.seed))
    objective = TimedObjective(blueprint.makeObjective(model))
    step = TrainingStep(objective, blueprint.makeOptimizer(model), clipNorm: recipe.optimizer.clipNorm)
    let clips = Tensor([shape.clips, 3, shape.frames, recipe.data.height, recipe.data.width])
    clips.fillGaussian(seed: 0, purpose: .check, step: 0)
    examples = Examples(clips: clips, captions: (0..<shape.clips).map { captions[$0 % captions.count] })
  }

  /// Takes a step.
  func run() -> StepForecast.Times {
    let clock = ContinuousClock()
    let start = clock.now
    objective.seconds = 0
    _ = step(
      [examples], names: examples.captions, at: Position(seed: 0, step: updates), rate: 1e-4)
    updates += 1
    let seconds = (clock.now - start) / .seconds(1)
    return .init(pass: objective.seconds, update: seconds - objective.seconds)
  }
}

/// An objective whose passes are timed.
private final class TimedObjective: Objective {
  private let real: any Objective
  /// Spent in passes.
  var seconds = 0.0

  init(_ real: any Objective) { self.real = real }

  var parameters: ParameterStore { real.parameters }
  var heldOutConditions: [String] { real.heldOutConditions }

  func addGradients(_ examples: Examples, at position: Position, share: Double) -> [Double] {
    let clock = ContinuousClock()
    let start = clock.now
    defer { seconds += (clock.now - start) / .seconds(1) }
    return real.addGradients(examples, at: position, share: share)
  }

  func heldOutLosses(_ examples: Examples, condition: Int, at position: Position) -> [Double] {
    real.heldOutLosses(examples, condition: condition, at: position)
  }
}
