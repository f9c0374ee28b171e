import HDF5

/// A checkpoint that was read and checked. It keeps the file in memory and gives out tensors from it.
public struct LoadedCheckpoint: Sendable {
  /// Where it was read.
  public let path: String
  /// Its attributes.
  public let attributes: [String: Attribute]
  /// What the user should know about the file, one sentence each; empty for a file that this program wrote.
  public let warnings: [String]

  private let reader: HDF5Reader
  /// By group, the names of its tensors and their paths in the file.
  private let paths: [String: [String: String]]

  init(path: String, image: FileImage) throws {
    self.path = path
    var warnings: [String] = []
    switch CheckpointSeal.examine(UnsafeRawBufferPointer(image.bytes)) {
    case .whole: break
    case .damaged(let reason): throw CheckpointError.damaged(path: path, reason: reason)
    case .unsealed:
      warnings.append(
        "The checkpoint \(path) has no seal, as if another program wrote it: only HDF5's own checksums guard it."
      )
    }
    do {
      reader = try HDF5Reader(image, elements: [.float32], anyAttributes: false)
      (attributes, paths) = try Self.tree(of: reader, path)
      self.warnings = warnings
      if !warnings.isEmpty { try readEverything() }
    } catch let failure as HDF5.Failure {
      throw CheckpointError.damaged(path: path, reason: failure.description)
    } catch let refusal as HDF5Reader.Refusal {
      throw CheckpointError.refused(path: path, reason: refusal.reason)
    }
  }

  /// Takes the format's own attribute off and sorts the datasets into groups.
  private static func tree(
    of reader: HDF5Reader, _ path: String
  ) throws -> (attributes: [String: Attribute], paths: [String: [String: String]]) {
    var attributes = reader.attributes
    guard case .integer(let version) = attributes.removeValue(forKey: CheckpointEncoder.versionName) else {
      throw HDF5Reader.Refusal(reason: "it has no attribute \(CheckpointEncoder.versionName)")
    }
    guard version <= CheckpointEncoder.version else {
      throw CheckpointError.laterFormat(path: path, version: version, known: CheckpointEncoder.version)
    }
    var paths: [String: [String: String]] = [:]
    for group in reader.groups where !group.contains("/") { paths[group] = [:] }
    for dataset in reader.datasets.keys {
      let parts = dataset.split(separator: "/")
      guard parts.count > 1 else {
        throw HDF5Reader.Refusal(reason: "the dataset \(dataset) lies outside all groups")
      }
      let name = parts.dropFirst().joined(separator: ".")
      guard paths[String(parts[0]), default: [:]].updateValue(dataset, forKey: name) == nil else {
        throw HDF5Reader.Refusal(reason: "two datasets of \(parts[0]) are both called \(name)")
      }
    }
    return (attributes, paths)
  }

  /// Reads every tensor once, for the checksums along the way.
  private func readEverything() throws {
    for (path, dataset) in reader.datasets {
      try withUnsafeTemporaryAllocation(of: Float.self, capacity: dataset.count) {
        try reader.read(path, as: .float32, into: $0.baseAddress)
      }
    }
  }

  /// The names of all groups, in byte order.
  public var groupNames: [String] { paths.keys.inByteOrder() }

  /// The names of a group's tensors, in byte order; none if there is no such group.
  public func names(in group: String) -> [String] {
    (paths[group] ?? [:]).keys.inByteOrder()
  }

  /// The shape of a tensor, or nil if there is none.
  public func shape(_ name: String, in group: String) -> [Int]? {
    paths[group]?[name].flatMap { reader.datasets[$0]?.shape }
  }

  /// A tensor as an array of its own.
  public func tensor(_ name: String, in group: String) throws -> (shape: [Int], values: [Float]) {
    let shape = try known(name, group).shape
    let values = try [Float](unsafeUninitializedCapacity: shape.reduce(1, *)) { values, count in
      try read(name, in: group, into: values)
      count = values.count
    }
    return (shape, values)
  }

  /// A tensor straight into memory of the caller's, which must have exactly its count of floats.
  /// - Throws: `CheckpointError.refused` when not all of them are finite: no run saves such.
  public func read(_ name: String, in group: String, into target: UnsafeMutableBufferPointer<Float>) throws {
    let (dataset, shape) = try known(name, group)
    precondition(
      target.count == shape.reduce(1, *), "\(target.count) floats do not hold \(name) of shape \(shape)")
    do {
      try reader.read(dataset, as: .float32, into: target.baseAddress)
    } catch let failure as HDF5.Failure {
      throw CheckpointError.damaged(path: path, reason: failure.description)
    }
    guard target.allSatisfy({ $0.isFinite }) else {
      throw CheckpointError.refused(
        path: path, reason: "\(group)/\(name) has values that are infinite or not a number")
    }
  }

  private func known(_ name: String, _ group: String) throws -> (dataset: String, shape: [Int]) {
    guard let dataset = paths[group]?[name], let shape = reader.datasets[dataset]?.shape else {
      throw CheckpointError.otherModel(path: path, group: group, differences: ["\(name) is missing"])
    }
    return (dataset, shape)
  }
}

extension LoadedCheckpoint {
  /// Throws unless a group holds exactly the given tensors. The error lists what is missing, unexpected and of another
  /// shape, at most 8 of each.
  public func require(_ expected: [(name: String, shape: [Int])], in group: String) throws {
    let wanted = Set(expected.map(\.name))
    let sorted = expected.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
    let missing = sorted.filter { shape($0.name, in: group) == nil }.map(\.name)
    let unexpected = names(in: group).filter { !wanted.contains($0) }
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
