import Clips
import Layers
import Tensors

/// Where in a run a pass stands: all randomness of an objective is a function of this.
public struct Position: Sendable {
  /// The run's seed.
  public let seed: UInt64
  /// The training step.
  public let step: Int
  /// The first clip's place within the step, when a step is split into several passes.
  public let firstSample: Int

  /// A position in a run.
  public init(seed: UInt64, step: Int, firstSample: Int = 0) {
    self.seed = seed
    self.step = step
    self.firstSample = firstSample
  }
}

/// What is asked of a model, as a loss with gradients.
public protocol Objective {
  /// The parameters it trains.
  var parameters: ParameterStore { get }
  /// Runs forward and backward, adds `share` times the gradient of the mean loss to the parameters' gradients, and
  /// returns each clip's loss.
  func addGradients(_ examples: Examples, at position: Position, share: Double) -> [Double]
  /// What the conditions of held-out loss differ in: "noise level".
  var conditionTitle: String { get }
  /// The names of the conditions that held-out loss is measured under (noise levels, say).
  var heldOutConditions: [String] { get }
  /// The examples as losses read them, where that is work to be done once for several conditions: as latents, say.
  func prepared(_ examples: Examples) -> Examples
  /// Each clip's loss under one of these conditions, with randomness that depends on the position alone.
  func heldOutLosses(_ examples: Examples, condition: Int, at position: Position) -> [Double]
}

extension Objective {
  /// As they are.
  public func prepared(_ examples: Examples) -> Examples { examples }
}
