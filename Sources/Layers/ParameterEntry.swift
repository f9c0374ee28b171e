extension ParameterStore {
  /// What is known of one parameter.
  public struct Entry: Sendable {
    /// What a parameter is to its layer.
    public enum Role: Sendable, Equatable {
      /// One of the layer's own parameters, which every model of this kind has.
      case weight
      /// A factor of a low-rank adapter: lora_A or lora_B.
      case adapter
      /// The rows that a table gained.
      case newRows
    }

    /// Its path, which is its name in a checkpoint: "blocks.3.attn1.to_q.weight".
    public let name: String
    /// Sizes of its axes.
    public let shape: [Int]
    /// What it starts with.
    public let initial: InitialValue
    /// Whether weight decay applies: matrices decay; norms, biases and tables do not.
    public let decays: Bool
    /// Whether training leaves it as it is.
    public let isFrozen: Bool
    /// What the learning rate is multiplied by.
    public let rateFactor: Double
    /// What it is to its layer.
    public let role: Role
    /// Where it starts in the flat buffers, or in that of the frozen parameters, in elements; a multiple of 16.
    public let offset: Int
    /// The number of its elements.
    public var count: Int { shape.reduce(1, *) }
  }
}
