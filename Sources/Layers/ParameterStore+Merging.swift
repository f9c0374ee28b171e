import Tensors

/// A model without what was added to it for training.
extension ParameterStore {
  /// All parameters as a model of the plain policy has them, in its order and under its names: adapters are added to their
  /// weights, W + alpha/rank · B A, and the rows that a table gained stand below its own. All else is as it is.
  ///
  /// Values are float32 and those the model computes with now: within `withAverage` the average's. Those that need no work
  /// share memory with the store.
  public func merged() -> [(name: String, shape: [Int], values: Tensor)] {
    var all: [(name: String, shape: [Int], values: Tensor)] = []
    forEachMerged { all.append(($0, $1.shape, $1)) }
    return all
  }

  /// The same, one after the other, so that only one of them need be in memory.
  public func forEachMerged(_ body: (_ name: String, _ values: Tensor) throws -> Void) rethrows {
    let adapters = Dictionary(
      uniqueKeysWithValues: linearWeights.compactMap { weight in weight.adapter.map { (weight.index, $0) } })
    let tables = Dictionary(uniqueKeysWithValues: grownTables.map { ($0.kept, $0.new) })
    for index in entries.indices where entries[index].role == .weight {
      var values = value(index)
      if let adapter = adapters[index] { values = adapted(values, by: adapter) }
      if let new = tables[index] { values = joined(values, value(new)) }
      try body(entries[index].name, values)
    }
  }

  private func value(_ index: Int) -> Tensor { values(of: entries[index]).widened }

  /// W + scale · B A.
  private func adapted(_ weight: Tensor, by adapter: (down: Int, up: Int, scale: Float)) -> Tensor {
    let product = Tensor(weight.shape)
    multiply(value(adapter.up), value(adapter.down), into: product)
    let sum = weight.copied()
    sum.add(product, scale: adapter.scale)
    return sum
  }

  /// [n, D] and [m, D] to [n + m, D].
  private func joined(_ upper: Tensor, _ lower: Tensor) -> Tensor {
    let table = Tensor([upper.rows + lower.rows, upper.columns])
    table.view(at: 0, upper.shape).copy(from: upper)
    table.view(at: upper.count, lower.shape).copy(from: lower)
    return table
  }
}
