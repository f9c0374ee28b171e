import Checkpoints
import Layers

/// Weights whose tables are in one piece again.
///
/// A run that freezes a table and gains words keeps the new rows apart, as a parameter of their own; whoever starts from
/// its weights knows the table alone.
struct WholeTables: TensorSource, Sendable {
  private let source: CheckpointWeights
  /// The parameters of the new rows, by the names of their tables.
  private let newRows: [String: String]

  /// - Parameter tables: names of those whose new rows lie apart.
  init(_ source: CheckpointWeights, tables: some Sequence<String>) {
    self.source = source
    newRows = Dictionary(uniqueKeysWithValues: tables.map { ($0, Embedding.newRows(of: $0)) })
  }

  var path: String { source.path }

  var names: [String] {
    let apart = Set(newRows.values)
    return source.names.filter { !apart.contains($0) }
  }

  func shape(_ name: String) -> [Int]? {
    guard let first = source.shape(name) else { return nil }
    guard let more = newRows[name].flatMap(source.shape) else { return first }
    return [first[0] + more[0]] + first.dropFirst()
  }

  func read(_ name: String, into target: UnsafeMutableBufferPointer<Float>) throws {
    guard let rows = newRows[name], let first = source.shape(name) else {
      return try source.read(name, into: target)
    }
    let kept = first.reduce(1, *)
    try source.read(name, into: UnsafeMutableBufferPointer(rebasing: target[..<kept]))
    try source.read(rows, into: UnsafeMutableBufferPointer(rebasing: target[kept...]))
  }
}
