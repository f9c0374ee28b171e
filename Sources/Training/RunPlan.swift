import Clips
import Objectives
import Recipes
import Tensors

/// What a run will cost, known before its first step: the step is rehearsed with its loops and products switched off.
public struct RunPlan: Sendable, Codable {
  /// The model's values, and how many of them are frozen.
  public let parameters: Int, frozenParameters: Int
  /// Tokens of a clip, and of its caption (padding included).
  public let tokensPerClip: Int, tokensPerCaption: Int
  /// Clips of a step.
  public let clipsPerStep: Int
  /// Floating-point operations of the products of a step.
  public let operationsPerStep: Int
  /// The most bytes that tensors hold at once: weights, gradients, moments, average and all activations.
  public let peakBytes: Int
  /// Bytes of a checkpoint's tensors, which are also held once more while it is saved.
  public let checkpointBytes: Int
  /// Steps of the run.
  public let steps: Int

  /// Rehearses a step of the run.
  public init(_ blueprint: Blueprint) {
    let recipe = blueprint.recipe
    var (parameters, frozenParameters, checkpointBytes) = (0, 0, 0)
    let start = Memory.statistics.liveBytes
    let step = Plan.rehearse {
      let state = RunState(blueprint)
      parameters = state.model.parameters.parameterCount
      frozenParameters = parameters - state.model.parameters.trainedCount
      checkpointBytes = state.checkpointBytes
      let step = TrainingStep(
        blueprint.makeObjective(state.model), state.optimizer, clipNorm: recipe.optimizer.clipNorm)
      let shape = [recipe.training.batch, 3, recipe.data.frames, recipe.data.height, recipe.data.width]
      // The whole batch is read at once and learned from in parts.
      let batch = Tensor([recipe.training.accumulate] + shape)
      let parts = (0..<recipe.training.accumulate).map { index in
        Examples(
          clips: batch.view(at: index * batch.count / recipe.training.accumulate, shape),
          captions: Array(repeating: "", count: shape[0]))
      }
      let names = Array(repeating: "", count: shape[0] * parts.count)
      _ = step(parts, names: names, at: Position(seed: 0, step: 0), rate: 0)
    }
    self.parameters = parameters
    self.frozenParameters = frozenParameters
    self.checkpointBytes = checkpointBytes
    tokensPerClip = blueprint.tokensPerClip
    tokensPerCaption = blueprint.textLength
    clipsPerStep = recipe.training.batch * recipe.training.accumulate
    operationsPerStep = step.productOperations
    peakBytes = step.peakBytes - start
    steps = recipe.training.steps
  }

  /// The rate of bare matrix products on this machine, in operations a second: a fifth of a second's measurement.
  public static func productRate() -> Double {
    let (a, b, c) = (Tensor.zeros([1024, 256]), Tensor.zeros([1024, 256]), Tensor([1024, 1024]))
    let clock = ContinuousClock()
    var (best, rounds) = (0.0, 0)
    let begun = clock.now
    repeat {
      let start = clock.now
      multiply(a, transposed: b, into: c)
      best = max(best, Double(2 * 1024 * 1024 * 256) / ((clock.now - start) / .seconds(1)))
      rounds += 1
    } while rounds < 3 || clock.now - begun < .milliseconds(200)
    return best
  }
}
