/// A checkpoint that was read and checked. It gives out tensors, from its files in memory or from processes that have them.
public struct LoadedCheckpoint: Sendable {
  /// Where it was read.
  public let path: String
  /// Its attributes.
  public let attributes: [String: Attribute]
  /// What the user should know about the file, one sentence each; empty for a file that this program wrote.
  public let warnings: [String]

  /// The names of its other files, which lie beside it; none for a checkpoint of one file.
  let parts: [PartName]
  private let contents: any CheckpointStorage

  /// A checkpoint whose tensors are given out from `contents`.
  init(path: String, parts: [PartName] = [], _ contents: any CheckpointStorage) {
    (self.path, self.parts, self.contents) = (path, parts, contents)
    attributes = contents.attributes
    warnings =
      contents.digest != nil
      ? []
      : [
        "The checkpoint \(path) has no seal, as if another program wrote it: only HDF5's own checksums guard it."
      ]
  }

  /// The names of all groups, in byte order.
  public var groupNames: [String] { contents.shapes.keys.inByteOrder() }

  /// The names of a group's tensors, in byte order; none if there is no such group.
  public func names(in group: String) -> [String] {
    (contents.shapes[group] ?? [:]).keys.inByteOrder()
  }

  /// The shape of a tensor, or nil if there is none.
  public func shape(_ name: String, in group: String) -> [Int]? {
    contents.shapes[group]?[name]
  }

  /// A tensor as an array of its own.
  public func tensor(_ name: String, in group: String) throws -> (shape: [Int], values: [Float]) {
    let shape = try known(name, group)
    let values = try [Float](unsafeUninitializedCapacity: shape.reduce(1, *)) { values, count in
      try read(name, in: group, into: values)
      count = values.count
    }
    return (shape, values)
  }

  /// A tensor straight into memory of the caller's, which must have exactly its count of floats.
  /// - Throws: `CheckpointError.refused` when not all of them are finite: no run saves such.
  public func read(_ name: String, in group: String, into target: UnsafeMutableBufferPointer<Float>) throws {
    let shape = try known(name, group)
    precondition(
      target.count == shape.reduce(1, *), "\(target.count) floats do not hold \(name) of shape \(shape)")
    try contents.read(name, in: group, into: target, path: path)
    guard target.allSatisfy({ $0.isFinite }) else {
      throw CheckpointError.refused(
        path: path, reason: "\(group)/\(name) has values that are infinite or not a number")
    }
  }

  private func known(_ name: String, _ group: String) throws -> [Int] {
    guard let shape = shape(name, in: group) else {
      throw CheckpointError.otherModel(path: path, group: group, differences: ["\(name) is missing"])
    }
    return shape
  }
}

extension LoadedCheckpoint {
  /// Throws unless a group holds exactly the given tensors. The error lists what is missing, unexpected and of another
  /// shape, at most 8 of each.
  /// - Parameter counts: which of the tensors that the group holds count; the others may be there.
  public func require(
    _ expected: [(name: String, shape: [Int])], in group: String,
    counting counts: (_ name: String) -> Bool = { _ in true }
  ) throws {
    let wanted = Set(expected.map(\.name))
    let sorted = expected.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
    let missing = sorted.filter { shape($0.name, in: group) == nil }.map(\.name)
    let unexpected = names(in: group).filter { counts($0) && !wanted.contains($0) }
    let differing = sorted.compactMap { tensor -> String? in
      guard let found = shape(tensor.name, in: group), found != tensor.shape else { return nil }
      return "\(tensor.name) is \(found) instead of \(tensor.shape)"
    }
    let differences = [("missing", missing), ("not expected", unexpected), ("of another shape", differing)]
      .filter { !$0.1.isEmpty }
      .map { kind, names in
        let more = names.count > 8 ? ", and \(names.count - 8) more" : ""
        return "\(kind): \(names.prefix(8).joined(separator: ", "))\(more)"
      }
    guard differences.isEmpty else {
      throw CheckpointError.otherModel(path: path, group: group, differences: differences)
    }
  }
}
