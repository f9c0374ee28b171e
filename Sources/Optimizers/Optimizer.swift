import Tensors

/// Turns the gradients of a store into a change of its trained values.
///
/// What it remembers from one update to the next is in its slots, which a checkpoint keeps.
public protocol Optimizer: AnyObject {
  /// How many updates were made.
  var updates: Int { get set }
  /// All that it remembers beside `updates`. The tensors are the state itself: writing into them restores it.
  var slots: [OptimizerSlot] { get }
  /// One update.
  ///
  /// - Parameters:
  ///   - rate: the learning rate of parameters whose factor is 1.
  ///   - gradientScale: what the gradients are multiplied by first (clipping by norm).
  /// - Returns: whether all values and all that is remembered are finite after it.
  @discardableResult
  func update(rate: Double, gradientScale: Double) -> Bool
}

/// One kind of an optimizer's state, under the name that it has in a checkpoint: "firstMoment", say.
public struct OptimizerSlot {
  /// The name.
  public let name: String
  /// The state of each parameter that has some, in a shape of the optimizer's choice.
  public let tensors: [(parameter: String, value: Tensor)]

  /// A slot of some tensors.
  public init(name: String, tensors: [(parameter: String, value: Tensor)]) {
    self.name = name
    self.tensors = tensors
  }
}
