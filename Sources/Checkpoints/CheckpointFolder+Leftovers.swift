import Files

/// What saves leave behind that were killed or have failed.
extension CheckpointFolder {
  /// Removes unfinished files, and parts that no checkpoint names. Failing to do so is no reason to fail a save.
  func removeLeftovers() {
    guard let names = try? files() else { return }
    for name in names where name.hasSuffix(PartialFile.ending) {
      let final = String(name.dropLast(PartialFile.ending.count))
      if Self.step(of: final) != nil || PartName(final) != nil { try? disk.remove(path + "/" + name) }
    }
    for (step, parts) in Dictionary(grouping: names.compactMap(PartName.init), by: \.step) {
      let first = Self.name(of: step)
      guard let named = names.contains(first) ? partsNamed(by: first) : [] else { continue }
      for part in parts where !named.contains(part) { try? disk.remove(path + "/" + part.text) }
    }
  }

  /// The parts that a checkpoint's first file names; nil when it cannot be read: then any may be its own.
  private func partsNamed(by first: String) -> [PartName]? {
    let first = path + "/" + first
    if let parts = knownGood.parts(of: first) { return parts }
    guard let file = try? CheckpointFile.readAlone(first, isolate: isolate),
      let role = try? FileRole(file.attributes, path: first)
    else { return nil }
    if case .first(let parts) = role { return parts.map(\.name) }
    return []
  }

  /// Removes all parts of a step whose first file is gone.
  /// - Returns: those that could not be removed, one sentence each.
  func removeParts(of step: Int) -> [String] {
    remove(((try? files()) ?? []).compactMap(PartName.init).filter { $0.step == step })
  }

  /// Removes parts that are of no use any more.
  /// - Returns: those that could not be removed, one sentence each.
  @discardableResult
  func remove(_ parts: [PartName]) -> [String] {
    parts.compactMap { part -> String? in
      do throws(Disk.Failure) {
        try disk.remove(path + "/" + part.text)
        return nil
      } catch {
        return "The part \(path)/\(part.text) of a removed checkpoint cannot be removed: \(error.reason)."
      }
    }
  }
}
