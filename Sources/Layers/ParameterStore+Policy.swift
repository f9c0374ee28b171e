/// What a linear layer told of its weight when it registered.
struct LinearWeight {
  let index: Int
  /// [out, in], whatever longer shape the weight has.
  let shape: [Int]
  /// Of the adapter's factors, if it has one.
  let adapter: (down: Int, up: Int, scale: Float)?
}

/// A table in two parts: the rows of the base, and those that are new.
struct GrownTable {
  let kept: Int, new: Int
}

/// What a policy came to in a model, for whoever wrote it.
extension ParameterStore {
  /// The weights of linear layers, by name: what adapters can go to.
  public var linearNames: [String] { linearWeights.map { entries[$0.index].name } }

  /// The weights that have an adapter, with their names and as matrices [out, in].
  public var adapted: [(name: String, shape: [Int])] {
    linearWeights.filter { $0.adapter != nil }.map { (entries[$0.index].name, $0.shape) }
  }
}
