import HDF5

/// Where a loaded checkpoint's tensors come from: a file in memory, a process of its own that has it, or several of them.
protocol CheckpointStorage: Sendable {
  /// All but the format's version.
  var attributes: [String: Attribute] { get }
  /// The shapes of all tensors, by group and name.
  var shapes: [String: [String: [Int]]] { get }
  /// The SHA-256 that the file's seal says, when every byte is as this program wrote it; nil for a file without a seal.
  var digest: String? { get }
  /// A tensor into memory that has exactly its count of floats.
  /// - Throws: `CheckpointError` about the file at `path`.
  func read(
    _ name: String, in group: String, into target: UnsafeMutableBufferPointer<Float>, path: String) throws
}

/// A checkpoint's file in memory, checked as a whole.
struct CheckpointImage: CheckpointStorage {
  let attributes: [String: Attribute]
  let digest: String?
  let shapes: [String: [String: [Int]]]

  private let reader: HDF5Reader
  /// By group, the names of its tensors and their paths in the file.
  private let paths: [String: [String: String]]

  /// - Throws: `CheckpointError` about the file at `path`.
  init(_ image: FileImage, path: String) throws {
    switch CheckpointSeal.examine(UnsafeRawBufferPointer(image.bytes)) {
    case .whole(let digest): self.digest = digest
    case .damaged(let reason): throw CheckpointError.damaged(path: path, reason: reason)
    case .unsealed: digest = nil
    }
    do {
      let reader = try HDF5Reader(image, elements: [.float32], anyAttributes: false)
      (attributes, paths) = try Self.tree(of: reader, path)
      shapes = paths.mapValues { $0.compactMapValues { reader.datasets[$0]?.shape } }
      self.reader = reader
      if digest == nil { try readEverything() }
    } catch let failure as HDF5.Failure {
      throw CheckpointError.damaged(path: path, reason: failure.description)
    } catch let refusal as HDF5Reader.Refusal {
      throw CheckpointError.refused(path: path, reason: refusal.reason)
    }
  }

  func read(
    _ name: String, in group: String, into target: UnsafeMutableBufferPointer<Float>, path: String
  ) throws {
    guard let dataset = paths[group]?[name] else { preconditionFailure("there is no \(group)/\(name)") }
    do {
      try reader.read(dataset, as: .float32, into: target.baseAddress)
    } catch let failure as HDF5.Failure {
      throw CheckpointError.damaged(path: path, reason: failure.description)
    }
  }

  /// Takes the format's version off and sorts the datasets into groups.
  private static func tree(
    of reader: HDF5Reader, _ path: String
  ) throws -> (attributes: [String: Attribute], paths: [String: [String: String]]) {
    var attributes = reader.attributes
    guard case .integer(let version) = attributes.removeValue(forKey: FormatAttribute.version) else {
      throw HDF5Reader.Refusal(reason: "it has no attribute \(FormatAttribute.version)")
    }
    guard version <= FileRole.latestVersion else {
      throw CheckpointError.laterFormat(path: path, version: version, known: FileRole.latestVersion)
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
}
