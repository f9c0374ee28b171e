import Commands
import Foundation
import Manifests

/// What is taken of a manifest: "PATH", "PATH=N", "PATH=N/label" or "PATH=N/ATTRIBUTE".
struct ManifestShare {
  let path: String
  /// How many clips are taken, of all or of each class; nil for all there are.
  private let count: Int?
  /// Where a clip's class stands, if as many of each class are taken.
  private let classes: LabelSource?

  init(_ argument: String) throws {
    guard let equals = argument.lastIndex(of: "="), !FileManager.default.fileExists(atPath: argument) else {
      self.path = argument
      count = nil
      classes = nil
      return
    }
    let share = argument[argument.index(after: equals)...].split(
      separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
    guard let count = Int(share[0]), count > 0 else {
      throw Failure(.usage, "\(argument): behind = stands how many clips to take, a number above 0.")
    }
    guard share.last != "" else {
      throw Failure(
        .usage, "\(argument): behind / stands where classes come from, \"label\" or the name of an attribute."
      )
    }
    path = String(argument[..<equals])
    self.count = count
    classes = share.count == 2 ? LabelSource(String(share[1])) : nil
  }

  /// The places of the clips that are taken, from all over the manifest, in its order.
  /// - Throws: `Failure` if there are too few, or none has a class.
  func places(in manifest: Manifest) throws -> [Int] {
    guard let count else { return Array(0..<manifest.count) }
    guard let classes else { return try Self.spread(count, over: Array(0..<manifest.count), of: path) }
    var members: [String: [Int]] = [:]
    for place in 0..<manifest.count {
      if let name = manifest.label(place, from: classes) { members[name, default: []].append(place) }
    }
    let left = manifest.count - members.values.reduce(0) { $0 + $1.count }
    guard !members.isEmpty else {
      throw Failure(
        .unfitInput,
        "\(path): no clip has \(classes == .label ? "a label" : "the attribute \(classes)"); docs/data.md says where "
          + "labels stand.")
    }
    if left > 0 {
      standardError(
        "note: \(path): \(left) \(left == 1 ? "clip has" : "clips have") no \(classes) and \(left == 1 ? "is" : "are") "
          + "left out\n")
    }
    return try members.sorted { $0.key < $1.key }.flatMap { name, places in
      try Self.spread(count, over: places, of: "\(path), \(name),")
    }.sorted()
  }

  private static func spread(_ count: Int, over places: [Int], of name: String) throws -> [Int] {
    guard count <= places.count else {
      throw Failure(
        .usage,
        "\(name) has \(places.count) \(places.count == 1 ? "clip" : "clips"), fewer than the \(count) asked for; ask "
          + "for fewer.")
    }
    return places.spread(count)
  }
}
