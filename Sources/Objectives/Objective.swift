import Layers
import Tensors

/// Clips and captions to learn from in one pass.
public struct Examples: Sendable {
  /// [B, C, F, H, W], pixels in −1…1.
  public let clips: Tensor
  /// One for each clip.
  public let captions: [String]

  /// Clips with their captions.
  public init(clips: Tensor, captions: [String]) {
    precondition(clips.shape[0] == captions.count, "one caption for each clip")
    self.clips = clips
    self.captions = captions
  }
}

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
  /// The names of the conditions that held-out loss is measured under (noise levels, say).
  var heldOutConditions: [String] { get }
  /// Each clip's loss under one of these conditions, with randomness that depends on the position alone.
  func heldOutLosses(_ examples: Examples, condition: Int, at position: Position) -> [Double]
}
