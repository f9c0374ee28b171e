import Tensors

/// Looks up one row of a table for each id.
///
///     y[r] = E[id[r]]        E [V, D], y [R, D]
///
/// Saves the ids. Where the store's policy keeps the first n rows of the table, `weight` holds these and `new_weight` the
/// V − n rows behind them, which are trained whether or not `weight` is.
public struct Embedding {
  /// E [V, D], or its first n rows.
  public let weight: Parameter
  /// The rows of E from n on, if the policy keeps some and there are more.
  public let newRows: Parameter?
  /// V and D.
  public let vocabulary: Int, width: Int

  /// Registers `weight` in the scope, and `new_weight` for a table that grew; tables, so they do not decay.
  public init(_ scope: Scope, vocabulary: Int, width: Int, initial: InitialValue = .normal(1)) {
    self.vocabulary = vocabulary
    self.width = width
    let kept = scope.store.policy.keptRows[scope("weight").path] ?? vocabulary
    precondition(
      kept > 0 && kept <= vocabulary, "\(scope("weight").path) cannot keep \(kept) of \(vocabulary) rows")
    weight = scope.parameter("weight", [kept, width], initial, decays: false)
    newRows =
      kept == vocabulary
      ? nil
      : scope.parameter("new_weight", [vocabulary - kept, width], initial, decays: false, role: .newRows)
    if let newRows {
      scope.store.grownTables.append(GrownTable(kept: weight.index, new: newRows.index))
    }
  }

  /// The name of the parameter that holds the new rows of a table of this name: "shared.new_weight" of "shared.weight".
  public static func newRows(of table: String) -> String {
    table.split(separator: ".").dropLast().joined(separator: ".") + ".new_weight"
  }

  /// n, the rows of `weight`.
  private var kept: Int { weight.entry.shape[0] }

  /// Rows of the table. Ids lie in 0..<vocabulary.
  public func forward(_ ids: [Int]) -> (output: Tensor, saved: [Int]) {
    precondition(
      ids.allSatisfy { $0 >= 0 && $0 < vocabulary }, "token id outside the vocabulary of \(vocabulary)")
    let output = Tensor([ids.count, width])
    let (table, more, kept) = (weight.value, newRows?.value, kept)
    parallel(over: ids.count, tile: rowsPerTile(columns: width)) { range in
      for r in range {
        let row = ids[r] < kept ? table.row(ids[r]) : more!.row(ids[r] - kept)
        output.row(r).update(from: row, count: width)
      }
    }
    return (output, ids)
  }

  /// Adds each row's gradient to the table's row; rows in order, columns in tiles, so that equal ids add in one order.
  public func backward(_ outputGradient: Tensor, _ saved: [Int]) {
    let (gradient, more, kept) = (weight.gradient, newRows?.gradient, kept)
    guard gradient != nil || more != nil else { return }
    parallel(over: width, tile: 64) { columns in
      for (r, id) in saved.enumerated() {
        guard let row = id < kept ? gradient?.row(id) : more?.row(id - kept) else { continue }
        let (dy, dw) = (outputGradient.row(r) + columns.lowerBound, row + columns.lowerBound)
        sweep(columns.count) { i, c in store(load(dw, i, c) + load(dy, i, c), dw, i, c) }
      }
    }
  }
}
