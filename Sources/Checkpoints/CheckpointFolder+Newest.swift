import Files

/// Which checkpoint a run goes on from.
extension CheckpointFolder {
  /// The newest checkpoint that is whole; nil if there is none at all.
  ///
  /// Those that cannot be read are passed over with a warning. If none can it throws, so that a run never starts anew on
  /// top of them by accident.
  public func newest() throws -> Found? { try newest { $0 } }

  /// What is made of the newest checkpoint that is whole and that serves; nil if there is none at all.
  /// - Parameter use: throws when a checkpoint does not serve, being of another run, say. Then an older one that does is
  ///   taken, with a warning.
  /// - Throws: what `use` throws of the newest when no other serves either; `MachineError`.
  public func newest<Result>(_ use: (Found) throws -> Result) throws -> Result? {
    var warnings: [String] = []
    var refusal: (any Error)?
    for entry in try list().reversed() {
      let checkpoint: LoadedCheckpoint
      do {
        checkpoint = try read(entry)
      } catch let error as CheckpointError where error.isBroken {
        warnings.append(error.description)
        continue
      }
      do {
        return try use(
          Found(entry, checkpoint, warnings))
      } catch let error as MachineError {
        throw error
      } catch {
        refusal = refusal ?? error
        // Of many lines those that are indented tell the differences; the others advise.
        let lines = "\(error)".split(separator: "\n")
        let differences = lines.filter { $0.hasPrefix("  ") }
        warnings.append(
          "The checkpoint \(entry.path) does not serve and is passed over: "
            + (differences.isEmpty ? String(lines.first ?? "") : "\n" + differences.joined(separator: "\n")))
      }
    }
    if let refusal { throw refusal }
    if warnings.isEmpty { return nil }
    throw CheckpointError.noneReadable(folder: path, reasons: warnings)
  }

  /// The newest checkpoint of a step before `step` that can be read and whose attributes are as wanted.
  public func newest(
    before step: Int, where isWanted: (_ attributes: [String: Attribute]) -> Bool
  ) throws -> Found? {
    for entry in try list().reversed() where entry.step < step {
      do {
        let checkpoint = try read(entry)
        if !isWanted(checkpoint.attributes) { continue }
        return Found(entry, checkpoint, [])
      } catch let error as CheckpointError where error.isBroken {
        continue
      }
    }
    return nil
  }

  /// The checkpoint of a step.
  /// - Throws: `CheckpointError`, also when there is none.
  public func read(step: Int) throws -> Found {
    let entry = Entry(step: step, path: path + "/" + Self.name(of: step))
    return Found(entry, try read(entry), [])
  }

  /// A checkpoint of the folder, which must be of the step that its name says.
  func read(_ entry: Entry) throws -> LoadedCheckpoint {
    let checkpoint = try CheckpointFile.read(entry.path, isolate: isolate)
    if case .integer(let step) = checkpoint.attributes["step"], step != entry.step {
      throw CheckpointError.refused(
        path: entry.path, reason: "it is of step \(step), whatever its name says")
    }
    knownGood.insert(entry.path, parts: checkpoint.parts)
    return checkpoint
  }
}

extension CheckpointError {
  /// The file itself is broken or cannot be read, so that an earlier one may serve in its place.
  fileprivate var isBroken: Bool {
    switch self {
    case .damaged, .refused, .isPart, .unreadable, .missing: true
    default: false
    }
  }
}
