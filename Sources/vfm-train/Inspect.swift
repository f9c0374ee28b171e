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

  func run() throws {
    try reportingFailures {
      let loaded = try Inputs.checkpoint(checkpoint)
      if hash {
        print(try RunState.hash(loaded))
      } else if json {
        try printJSON(loaded)
      } else {
        printTree(loaded)
      }
    }
  }

  private func printTree(_ loaded: LoadedCheckpoint) {
    print(loaded.path)
    for (name, value) in loaded.attributes.sorted(by: { $0.key < $1.key }) {
      let text = value.text.replacingOccurrences(of: "\n", with: " ")
      print("  \(name): \(text.count > 90 ? text.prefix(87) + "…" : text[...])")
    }
    for group in loaded.groupNames {
      let shapes = loaded.names(in: group).map { ($0, loaded.shape($0, in: group) ?? []) }
      print("/\(group)  \(shapes.reduce(0) { $0 + $1.1.reduce(1, *) }) values")
      for (name, shape) in shapes {
        print("  \(name)  [\(shape.map(String.init).joined(separator: ", "))]")
      }
    }
  }

  private func printJSON(_ loaded: LoadedCheckpoint) throws {
    var groups: [String: [String: [Int]]] = [:]
    for group in loaded.groupNames {
      for name in loaded.names(in: group) {
        groups[group, default: [:]][name] = loaded.shape(name, in: group)
      }
    }
    let object: [String: Any] = [
      "path": loaded.path, "attributes": loaded.attributes.mapValues(\.json), "groups": groups,
      "hash": try RunState.hash(loaded),
    ]
    let data = try JSONSerialization.data(
      withJSONObject: object, options: [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes])
    print(String(decoding: data, as: UTF8.self))
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
