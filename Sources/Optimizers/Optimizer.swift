import Layers
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
  /// The state of one parameter, or of a piece of it.
  public struct State {
    /// The parameter's name.
    public let parameter: String
    /// The shape of the whole parameter's state, and which of its floats these are, row-major.
    public let shape: [Int], range: Range<Int>
    /// The floats: in the shape if they are all, else flat.
    public let value: Tensor
    /// Whether it is of the whole parameter.
    public var isWhole: Bool { range.count == shape.reduce(1, *) }

    /// The state of a piece, which has a number for each of its values.
    init(_ piece: ParameterPiece, _ value: Tensor) {
      (parameter, shape) = (piece.entry.name, piece.entry.shape)
      (range, self.value) = (piece.range, value)
    }
  }

  /// The name.
  public let name: String
  /// The state of each parameter that has some.
  public let tensors: [State]
}
