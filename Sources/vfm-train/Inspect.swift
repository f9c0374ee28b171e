import ArgumentParser
import Checkpoints
import Commands
import Foundation
import Training

/// Shows what a checkpoint holds.
struct Inspect: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Show what a checkpoint holds: attributes and the tree of tensors, or one hash of it all.")

  @Argument(
    help: "A checkpoint, or a run's folder for its newest one.", completion: .file(extensions: ["h5"]))
  var checkpoint: String
  @Flag(
    help:
      "Print one SHA-256 over the training state: parameters, moments, average, step, position in the data; not times, paths or threads."
  )
  var hash = false
  @Flag(help: "Print JSON.")
  var json = false
  @OptionGroup var isolation: IsolateOption

  func run() throws {
    try reportingFailures {
      let loaded = try Inputs.checkpoint(checkpoint, isolate: isolation.isOn)
      if hash {
        try printResult(try RunState.hash(loaded))
      } else if json {
        try printJSON(loaded)
      } else {
        try printResult(tree(of: loaded))
      }
    }
  }

  private func tree(of loaded: LoadedCheckpoint) -> String {
    var lines = [loaded.path]
    for (name, value) in loaded.attributes.sorted(by: { $0.key < $1.key }) {
      let text = value.text.replacingOccurrences(of: "\n", with: " ")
      lines.append("  \(name): \(text.count > 90 ? text.prefix(87) + "…" : text[...])")
    }
    for group in loaded.groupNames {
      let shapes = loaded.names(in: group).map { ($0, loaded.shape($0, in: group) ?? []) }
      lines.append("/\(group)  \(shapes.reduce(0) { $0 + $1.1.reduce(1, *) }) values")
      for (name, shape) in shapes {
        lines.append("  \(name)  [\(shape.map(String.init).joined(separator: ", "))]")
      }
      for (part, values) in CheckpointParts.totals(shapes) {
        lines.append("  total \(part)  \(values) values")
      }
    }
    return lines.joined(separator: "\n")
  }

  private func printJSON(_ loaded: LoadedCheckpoint) throws {
    var (groups, totals) = ([String: [String: [Int]]](), [String: [String: Int]]())
    for group in loaded.groupNames {
      for name in loaded.names(in: group) {
        groups[group, default: [:]][name] = loaded.shape(name, in: group)
      }
      totals[group] = Dictionary(
        uniqueKeysWithValues: CheckpointParts.totals((groups[group] ?? [:]).map { ($0, $1) }))
    }
    let object: [String: Any] = [
      "path": loaded.path, "attributes": loaded.attributes.mapValues(\.json), "groups": groups,
      "totals": totals,
      "hash": try RunState.hash(loaded),
    ]
    let data = try JSONSerialization.data(
      withJSONObject: object, options: [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes])
    try printResult(String(decoding: data, as: UTF8.self))
  }
}

/// What the tensors of a group belong to, as their names tell.
enum CheckpointParts {
  /// The number of values of each part, such as `transformer.blocks`, in the order of their names.
  static func totals(_ shapes: [(name: String, shape: [Int])]) -> [(part: String, values: Int)] {
    var totals: [String: Int] = [:]
    for (name, shape) in shapes {
      // All but the tensor's own name, up to the number of a block, two words at most: "transformer.blocks.0.…".
      let words = name.split(separator: ".").dropLast().prefix(2).prefix { Int($0) == nil }
      totals[words.isEmpty ? name : words.joined(separator: "."), default: 0] += shape.reduce(1, *)
    }
    return totals.sorted { $0.key < $1.key }.map { (part: $0.key, values: $0.value) }
  }
}

extension Attribute {
  /// For people.
  var text: String {
    switch self {
    case .text(let text): text
    case .integer(let number): "\(number)"
    case .number(let number): "\(number)"
    }
  }

  /// For JSON.
  var json: Any {
    switch self {
    case .text(let text): text
    case .integer(let number): number
    case .number(let number): number
    }
  }
}
