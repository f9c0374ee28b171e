import Tensors

/// Looks up one row of a table for each id.
///
///     y[r] = E[id[r]]        E [V, D], y [R, D]
///
/// Saves the ids.
public struct Embedding {
  /// E [V, D].
  public let weight: Parameter
  /// V and D.
  public let vocabulary: Int, width: Int

  /// Registers `weight` in the scope; a table, so it does not decay.
  public init(_ scope: Scope, vocabulary: Int, width: Int, initial: InitialValue = .normal(1)) {
    self.vocabulary = vocabulary
    self.width = width
    weight = scope.parameter("weight", [vocabulary, width], initial, decays: false)
  }

  /// Rows of the table. Ids lie in 0..<vocabulary.
  public func forward(_ ids: [Int]) -> (output: Tensor, saved: [Int]) {
    precondition(
      ids.allSatisfy { $0 >= 0 && $0 < vocabulary }, "token id outside the vocabulary of \(vocabulary)")
    let output = Tensor([ids.count, width])
    let table = weight.value
    parallel(over: ids.count, tile: rowsPerTile(columns: width)) { range in
      for r in range { output.row(r).update(from: table.row(ids[r]), count: width) }
    }
    return (output, ids)
  }

  /// Adds each row's gradient to the table's row; rows in order, columns in tiles, so that equal ids add in one order.
  public func backward(_ outputGradient: Tensor, _ saved: [Int]) {
    guard let gradient = weight.gradient else { return }
    parallel(over: width, tile: 64) { columns in
      for (r, id) in saved.enumerated() {
        let (dy, dw) = (outputGradient.row(r) + columns.lowerBound, gradient.row(id) + columns.lowerBound)
        sweep(columns.count) { i, c in store(load(dw, i, c) + load(dy, i, c), dw, i, c) }
      }
    }
  }
}
