import Checkpoints
import Models
import Objectives
import Recipes
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
    sample: (TextToVideoModel) -> Void = { _ in }
  ) {
    let recipe = blueprint.recipe
    let step = Plan.rehearse { Rehearsal(blueprint, captions).step() }
    var (parameters, frozenParameters, checkpointBytes) = (0, 0, 0)
    let run = Plan.rehearse {
      let rehearsal = Rehearsal(blueprint, captions)
      parameters = rehearsal.state.model.parameters.parameterCount
      frozenParameters = parameters - rehearsal.state.model.parameters.trainedCount
      checkpointBytes = rehearsal.state.checkpointBytes
      for _ in 0..<3 { rehearsal.step() }
      rehearsal.state.model.parameters.withValues(rehearsal.state.optimizer.average) {
        rehearsal.validate(clips: heldOutClips)
        sample(rehearsal.state.model)
      }
    }
    self.parameters = parameters
    self.frozenParameters = frozenParameters
    self.checkpointBytes = checkpointBytes
    tokensPerClip = blueprint.tokensPerClip
    tokensPerCaption = blueprint.textLength
    clipsPerStep = recipe.training.batch * recipe.training.accumulate
    operationsPerStep = step.productOperations
    peakBytes = run.memory.peakBytes
    tensorBytes = run.memory.systemBytes
    steps = recipe.training.steps
  }
}

/// The parts of a run that take memory, without clips.
private struct Rehearsal {
  let state: RunState
  private let objective: any Objective
  private let learn: TrainingStep
  private let captions: [String]

  init(_ blueprint: Blueprint, _ captions: [String]) {
    state = RunState(blueprint)
    objective = blueprint.makeObjective(state.model)
    learn = TrainingStep(objective, state.optimizer, clipNorm: blueprint.recipe.optimizer.clipNorm)
    self.captions = captions
  }

  /// The whole batch is read at once and learned from in parts.
  func step() {
    let training = state.blueprint.recipe.training
    let shape = clips(training.batch)
    let batch = Tensor([training.accumulate] + shape)
    let parts = (0..<training.accumulate).map { index in
      Examples(
        clips: batch.view(at: index * shape.reduce(1, *), shape),
        captions: captions(index * shape[0]..<(index + 1) * shape[0]))
    }
    let names = Array(repeating: "", count: training.batch * training.accumulate)
    _ = learn(parts, names: names, at: Position(seed: 0, step: 0), rate: 0)
  }

  /// A look at held-out clips, a batch at a time; under one condition, since all take the same memory.
  func validate(clips count: Int) {
    let batch = state.blueprint.recipe.training.batch
    for first in stride(from: 0, to: count, by: batch) {
      let examples = Examples(
        clips: Tensor(clips(min(batch, count - first))), captions: captions(0..<min(batch, count - first)))
      _ = objective.heldOutLosses(examples, condition: 0, at: Position(seed: 0, step: 0))
    }
  }

  private func clips(_ count: Int) -> [Int] {
    let data = state.blueprint.recipe.data
    return [count, 3, data.frames, data.height, data.width]
  }

  private func captions(_ range: Range<Int>) -> [String] { range.map { captions[$0 % captions.count] } }
}
