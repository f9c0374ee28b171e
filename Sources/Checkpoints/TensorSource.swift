import Hashing

/// Named tensors that a model's parameters can be loaded from: the weights of a checkpoint, say.
public protocol TensorSource {
  /// Where they were read.
  var path: String { get }
  /// The names of all tensors, in byte order.
  var names: [String] { get }
  /// The shape of a tensor, or nil if there is none.
  func shape(_ name: String) -> [Int]?
  /// A tensor straight into memory of the caller's, which must have exactly its count of floats.
  func read(_ name: String, into target: UnsafeMutableBufferPointer<Float>) throws
}

extension TensorSource {
  /// One SHA-256 over all names, shapes and values, in byte order of the names: the same for equal weights, whatever file
  /// they lie in.
  public func weightsHash() throws -> String {
    var hash = SHA256()
    for name in names {
      let shape = shape(name) ?? []
      hash.update(name)
      hash.update(shape.count)
      for size in shape { hash.update(size) }
      try withUnsafeTemporaryAllocation(of: Float.self, capacity: shape.reduce(1, *)) { values in
        try read(name, into: values)
        hash.update(UnsafeRawBufferPointer(values))
      }
    }
    return hash.finish()
  }
}

/// The averaged weights of a checkpoint, and frozen ones, which lie in the file once.
public struct CheckpointWeights: TensorSource, Sendable {
  /// The checkpoint's path.
  public var path: String { checkpoint.path }
  private let checkpoint: LoadedCheckpoint
  /// The groups that hold each tensor.
  private let groups: [String: String]

  /// The running average of the weights, which is what is sampled and evaluated.
  public init(_ checkpoint: LoadedCheckpoint) {
    self.checkpoint = checkpoint
    var groups: [String: String] = [:]
    for group in [CheckpointGroup.frozen, CheckpointGroup.average] {
      for name in checkpoint.names(in: group) { groups[name] = group }
    }
    self.groups = groups
  }

  /// Trained and frozen ones.
  public var names: [String] { groups.keys.inByteOrder() }

  /// The shape of a tensor, or nil if there is none.
  public func shape(_ name: String) -> [Int]? {
    groups[name].flatMap { checkpoint.shape(name, in: $0) }
  }

  /// A tensor straight into memory of the caller's.
  public func read(_ name: String, into target: UnsafeMutableBufferPointer<Float>) throws {
    try checkpoint.read(name, in: groups[name] ?? CheckpointGroup.average, into: target)
  }
}

/// The names of a checkpoint's groups of tensors; the optimizer's state has others beside them.
public enum CheckpointGroup {
  /// Trained values.
  public static let parameters = "parameters"
  /// Their running average.
  public static let average = "average"
  /// Values that training leaves as they are; checkpoints of the first version have them among both others instead.
  public static let frozen = "frozen"
}
