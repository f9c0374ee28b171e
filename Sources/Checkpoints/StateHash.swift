import HDF5
import Hashing

/// The attributes that belong to the training state: they decide how training goes on. Times, paths and thread counts
/// do not.
public let stateAttributes = ["position", "seed", "step"]

/// One SHA-256 over a training state: groups, tensors and attributes by name in byte order, each tensor with its name,
/// shape and bytes. Equal for live memory and for the file made of it. It is of whole tensors: contents with pieces trap.
public func stateHash(of contents: CheckpointContents, attributes: [String] = stateAttributes) -> String {
  var hash = StateHash()
  for group in contents.groups.keys.inByteOrder() {
    for tensor in contents.groups[group]!.sorted(by: { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) })
    {
      precondition(tensor.piece == nil, "\(tensor.name) is a piece, and the state's hash is of whole tensors")
      hash.add(tensor.name, in: group, tensor.shape, tensor.values)
    }
  }
  return hash.finish(contents.attributes, attributes)
}

/// The same for a checkpoint that was read.
public func stateHash(of loaded: LoadedCheckpoint, attributes: [String] = stateAttributes) throws -> String {
  var hash = StateHash()
  for group in loaded.groupNames {
    for name in loaded.names(in: group) {
      let (shape, values) = try loaded.tensor(name, in: group)
      values.withUnsafeBufferPointer { hash.add(name, in: group, shape, $0) }
    }
  }
  return hash.finish(loaded.attributes, attributes)
}

/// Everything is preceded by its length or kind, so that no two states give the same stream of bytes.
private struct StateHash: ~Copyable {
  private var hash = SHA256()

  mutating func add(_ name: String, in group: String, _ shape: [Int], _ values: UnsafeBufferPointer<Float>) {
    hash.update(group)
    hash.update(name)
    hash.update(shape.count)
    for size in shape { hash.update(size) }
    hash.update(UnsafeRawBufferPointer(values))
  }

  consuming func finish(_ all: [String: Attribute], _ chosen: [String]) -> String {
    for name in chosen.inByteOrder() {
      guard let value = all[name] else { continue }
      hash.update(name)
      switch value {
      case .text(let text): hash.update("text" + text)
      case .integer(let number):
        hash.update("integer")
        hash.update(number)
      case .number(let number):
        hash.update("number")
        hash.update(Int(bitPattern: UInt(number.bitPattern)))
      }
    }
    return hash.finish()
  }
}
