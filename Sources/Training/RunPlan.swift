import Checkpoints
import Clips
import Objectives
import Recipes
import Tasks
import Tensors

/// What a run will cost in work and memory, known before its first step: it is rehearsed with its loops and products
/// switched off.
public struct RunPlan: Sendable {
  /// The model's values, and how many of them are frozen.
  public let parameters: Int, frozenParameters: Int
  /// Tokens of a clip, and of its caption (padding included).
  public let tokensPerClip: Int, tokensPerCaption: Int
  /// Clips of a step.
  public let clipsPerStep: Int
  /// Floating-point operations of the products of a step.
  public let operationsPerStep: Int
  /// The most bytes that tensors hold at once in the whole run: weights, gradients, moments, average and all activations,
  /// of steps, of looks at held-out clips and of samples.
  public let peakBytes: Int
  /// What tensors take from the system and never give back: the peak, and buffers whose sizes nothing asks for meanwhile.
  public let tensorBytes: Int
  /// Bytes of a checkpoint's file, which lies in memory once while it is saved.
  public let checkpointBytes: Int
  /// Steps of the run.
  public let steps: Int

  /// Rehearses the run: three steps (the pool is settled then), a look at held-out clips, and samples.
  ///
  /// - Parameters:
  ///   - captions: some of the training captions; they decide how many text tokens there is work for.
  ///   - heldOutClips: how many clips a validation looks at; 0 for none.
  ///   - sample: draws the samples that come while training.
  public init(
    _ blueprint: Blueprint, captions: [String] = [""], heldOutClips: Int = 0,
    sample: (Subject) -> Void = { _ in }
  ) throws {
    let recipe = blueprint.recipe
    let step = try Plan.rehearse { try Rehearsal(blueprint, captions).step() }
    var (parameters, frozenParameters, checkpointBytes) = (0, 0, 0)
    let run = try Plan.rehearse {
      let rehearsal = try Rehearsal(blueprint, captions)
      let state = rehearsal.state
      parameters = state.parameters.parameterCount
      frozenParameters = parameters - state.parameters.trainedCount
      checkpointBytes = state.checkpointBytes
      for _ in 0..<3 { rehearsal.step() }
      state.parameters.withAverage {
        rehearsal.validate(clips: heldOutClips)
        sample(state.subject)
      }
    }
    self.parameters = parameters
    self.frozenParameters = frozenParameters
    self.checkpointBytes = checkpointBytes
    tokensPerClip = recipe.task.tokensPerClip
    tokensPerCaption = recipe.task.textLength(blueprint.facts)
    clipsPerStep = recipe.training.clipsPerStep
    operationsPerStep = step.productOperations
    peakBytes = run.memory.peakBytes
    tensorBytes = run.memory.systemBytes
    steps = recipe.training.steps
  }
}

/// The parts of a run that take memory, without clips.
private struct Rehearsal {
  let state: RunState
  private let learn: TrainingStep
  private let captions: [String]

  init(_ blueprint: Blueprint, _ captions: [String]) throws {
    state = try RunState(blueprint)
    learn = blueprint.makeStep(state.subject.objective, state.optimizer)
    self.captions = captions
  }

  private var recipe: Recipe { state.blueprint.recipe }

  /// The whole step's clips are read at once and learned from in parts.
  func step() {
    let parts = recipe.training.gradientAccumulation
    let examples = Examples.madeUp(
      recipe.training.clipsPerStep, shape: recipe.data.clipShape, captions: captions)
    _ = learn(
      (0..<parts).map { examples.part($0, of: parts) }, at: Position(seed: 0, step: 0), rate: 0)
  }

  /// A look at held-out clips, a batch at a time.
  func validate(clips count: Int) {
    let batch = recipe.training.batchSize
    for first in stride(from: 0, to: count, by: batch) {
      let examples = Examples.madeUp(
        min(batch, count - first), shape: recipe.data.clipShape, captions: captions)
      let objective = state.subject.objective
      for condition in objective.heldOutConditions.indices {
        _ = objective.heldOutLosses(examples, condition: condition, at: Position(seed: 0, step: 0))
      }
    }
  }
}
