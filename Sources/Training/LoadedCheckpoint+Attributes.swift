import Checkpoints

/// What a run keeps beside its tensors, by name.
extension LoadedCheckpoint {
  /// An attribute that a checkpoint of a run has.
  func text(_ name: String) throws -> String {
    guard case .text(let text) = attributes[name] else { throw lacks(name) }
    return text
  }

  /// A number of steps or the like that a checkpoint of a run has: none is below 0, or beyond what can be reached.
  func count(_ name: String) throws -> Int {
    guard case .integer(let number) = attributes[name] else { throw lacks(name) }
    guard (0...1 << 40).contains(number) else { throw makesNoSense("its attribute \(name)") }
    return number
  }

  /// An attribute that not every checkpoint has.
  func optionalText(_ name: String) -> String? {
    if case .text(let text) = attributes[name] { text } else { nil }
  }

  /// Something in the file that no run writes.
  func makesNoSense(_ what: String) -> CheckpointError {
    .refused(path: path, reason: "\(what) make no sense")
  }

  private func lacks(_ name: String) -> CheckpointError {
    .refused(path: path, reason: "it has no attribute \(name), so it is no checkpoint of a training run")
  }
}
