import Checkpoints
import Layers
import Recipes
import Tasks
import Tensors

/// What became of a model's parameters and of the tensors that they were loaded from: nothing is passed over in silence.
public struct LoadingReport: Sendable, Equatable {
  /// Where the tensors were read.
  public let path: String
  /// Parameters that took the values of the tensor of their name.
  public internal(set) var taken: [String] = []
  /// Parameters that were drawn anew because they were asked to be.
  public internal(set) var fresh: [String] = []
  /// Parameters that no base has: adapters and rows of new words.
  public internal(set) var added: [String] = []
  /// Tables that took over their first rows and drew the others.
  public internal(set) var grown: [String] = []
  /// Tensors that nothing took, as was expected.
  public internal(set) var unused: [String] = []
}

/// Tensors that are not those of a model.
public struct LoadingError: Error, Equatable, CustomStringConvertible {
  /// Where they were read.
  public let path: String
  /// Parameters without a tensor, tensors without a parameter, and those of other shapes, a phrase each.
  public let missing: [String], leftOver: [String], differing: [String]

  /// All that differs, with remedies.
  public var description: String {
    func list(_ names: [String], _ what: String) -> [String] {
      guard !names.isEmpty else { return [] }
      let more = names.count > 12 ? "\n    and \(names.count - 12) more" : ""
      return ["  \(what):" + names.prefix(12).map { "\n    \($0)" }.joined() + more]
    }
    return
      (["The weights of \(path) are not those of this recipe's model:"]
      + list(
        missing, "the model has them and the base does not (to draw them anew, name them in start.fresh)")
      + list(
        leftOver, "the base has them and the model does not (to leave them out, name them in start.unused)")
      + list(
        differing, "of other shapes (give the recipe the sizes of the base's, or name them in start.fresh)"))
      .joined(separator: "\n")
  }
}

/// Which tensors fill which parameters.
private struct LoadingMatch {
  var report: LoadingReport
  /// Parameters that have their tensor's shape, and tables of which the tensor holds the first rows.
  var whole: [ParameterStore.Entry] = [], tables: [(entry: ParameterStore.Entry, rows: Int)] = []
}

extension ParameterStore {
  /// Loads the parameters from named tensors.
  ///
  /// - Parameters:
  ///   - renaming: a parameter's name to the name of its tensor.
  ///   - fresh: parameters that keep the values they were drawn with.
  ///   - unused: tensors that may be left over.
  ///   - grown: tables of which the tensor holds only the first rows, so many.
  /// - Throws: `LoadingError` with all that differs; then nothing was loaded.
  public func load(
    from source: any TensorSource, renaming: (String) -> String = { $0 }, fresh: [NamePattern] = [],
    unused: [NamePattern] = [], grown: [String: Int] = [:]
  ) throws -> LoadingReport {
    let match = try match(source, renaming, fresh: fresh, unused: unused, grown: grown)
    for entry in match.whole { try write(entry) { try source.read(renaming(entry.name), into: $0.buffer) } }
    for (entry, rows) in match.tables {
      let head = values(of: entry).view(at: 0, [rows] + entry.shape.dropFirst())
      try source.read(renaming(entry.name), into: head.buffer)
    }
    return match.report
  }

  /// Compares names and shapes, for which the parameters need no memory yet.
  private func match(
    _ source: any TensorSource, _ renaming: (String) -> String, fresh: [NamePattern], unused: [NamePattern],
    grown: [String: Int]
  ) throws -> LoadingMatch {
    var match = LoadingMatch(report: LoadingReport(path: source.path))
    var (missing, differing) = ([String](), [String]())
    var wanted: Set<String> = []
    for entry in entries {
      let name = renaming(entry.name)
      wanted.insert(name)
      if entry.role != .weight {
        match.report.added.append(entry.name)
      } else if fresh.contains(where: { $0.matches(entry.name) }) {
        match.report.fresh.append(entry.name)
      } else if let shape = source.shape(name) {
        if shape == entry.shape {
          match.whole.append(entry)
        } else if let rows = grown[entry.name], shape == [rows] + entry.shape.dropFirst() {
          match.tables.append((entry, rows))
        } else {
          differing.append("\(entry.name) is \(shape) instead of \(entry.shape)")
        }
      } else {
        missing.append(entry.name)
      }
    }
    let leftOver = source.names.filter { !wanted.contains($0) }
    match.report.unused = leftOver.filter { name in unused.contains { $0.matches(name) } }
    let expected = Set(match.report.unused)
    let unexpected = leftOver.filter { !expected.contains($0) }
    guard missing.isEmpty && differing.isEmpty && unexpected.isEmpty else {
      throw LoadingError(path: source.path, missing: missing, leftOver: unexpected, differing: differing)
    }
    match.report.taken = match.whole.map(\.name)
    match.report.grown = match.tables.map(\.entry.name)
    return match
  }
}

extension ParameterStore {
  /// Loads the parameters of a blueprint's model from its base.
  /// - Throws: `BaseError.otherKind` and `BaseFitError` for a base that is no beginning for the model, `PatternError` for what
  ///   the recipe calls unused and is not left over, and `LoadingError`.
  @discardableResult
  func load(_ base: LoadedBase, _ blueprint: Blueprint) throws -> LoadingReport {
    let fit = try fit(base, blueprint)
    return try load(
      from: base.weights, renaming: fit.task.nameInBase, fresh: fit.fresh, unused: fit.unused,
      grown: fit.grown)
  }

  /// Throws unless a base has what a blueprint's model takes over, before either needs memory: what a file says of its sizes
  /// is believed only when its tensors have them.
  func requireFit(_ base: LoadedBase, _ blueprint: Blueprint) throws {
    let fit = try fit(base, blueprint)
    _ = try match(
      base.weights, fit.task.nameInBase, fresh: fit.fresh, unused: fit.unused, grown: fit.grown)
  }

  /// What the task and the recipe say of a base.
  private struct Fit {
    let task: BaseFit
    let fresh: [NamePattern], unused: [NamePattern]
    let grown: [String: Int]
  }

  private func fit(_ base: LoadedBase, _ blueprint: Blueprint) throws -> Fit {
    let (ours, theirs) = (blueprint.recipe, base.blueprint.recipe)
    guard
      let task = try ours.task.fit(of: theirs.task, base.blueprint.facts, facts: blueprint.facts)
    else {
      throw BaseError.otherKind(path: base.path, theirs: theirs.kind.rawValue, ours: ours.kind.rawValue)
    }
    let (start, kept) = (ours.start, blueprint.policy.keptRows)
    let own = Set(entries.map { task.nameInBase($0.name) })
    let leftOver = base.weights.names.filter { name in
      !own.contains(name) && !task.unused.contains { $0.matches(name) }
    }
    for pattern in start.unused where !leftOver.contains(where: pattern.matches) {
      throw PatternError.unmatched(
        key: "start.unused", pattern: pattern.text,
        remedy: leftOver.isEmpty
          ? "the model has all of them, so leave start.unused out."
          : Blueprint.remedy(for: pattern.text, leftOver))
    }
    return Fit(
      task: task, fresh: start.fresh + task.fresh, unused: start.unused + task.unused,
      grown: (blueprint.base?.grownTables ?? [:]).filter { kept[$0.key] == nil })
  }
}

extension Tensor {
  /// The elements as memory to read into.
  var buffer: UnsafeMutableBufferPointer<Float> { UnsafeMutableBufferPointer(start: pointer, count: count) }
}
