import Checkpoints
import Commands
import Fields
import Layers
import Manifests
import Recipes
import Tensors
import Training

/// Finds out where a run begins: anew, from a base, or where it was stopped.
struct RunBeginning {
  let recipe: Recipe
  let manifest: Manifest
  let clips: RunClips

  /// The state to train from; where the base lies that it is compared with, if it has one; and what its recipe says
  /// otherwise than when it began.
  typealias Start = (state: RunState, base: String?, changes: [String])

  /// A new run, from nothing or from its base; says what was taken over.
  func anew() throws -> Start {
    let start = recipe.start
    guard let from = start.from else {
      if start.isAdapter { throw BaseError.needed(method: start.method.rawValue) }
      let state = try RunState(Blueprint(recipe, manifest))
      if !start.frozen.isEmpty {
        standardError(
          "note: there is no start.from, so frozen parameters keep the values they are drawn with\n")
      }
      try clips.begin(state)
      return (state, nil, [])
    }
    let base = try LoadedBase(Inputs.checkpoint(from))
    let state = try RunState(Blueprint(recipe, manifest, base: base))
    tell(try state.begin(from: base), state)
    try clips.begin(state)
    return (state, base.path, [])
  }

  /// The run that a checkpoint holds.
  /// - Throws: `Failure` when recipe or clips are not those it began with.
  func goingOn(from found: CheckpointFolder.Found, in folder: String) throws -> Start {
    for warning in found.warnings { standardError("\(warning)\n") }
    let saved = try Blueprint(found.checkpoint)
    let changes = try RunChanges(from: saved.recipe, to: recipe, in: folder)
    changes.tell()
    let state = try RunState(saved.with(recipe))
    let base = try base(of: saved, at: found.path)
    if recipe.start.isAdapter, let base { try state.begin(from: base) }
    try state.restore(found.checkpoint)
    try clips.check(state, saved)
    let attributes = found.checkpoint.attributes
    if attributes["arithmetic"] != .integer(Parallel.arithmetic) {
      standardError(
        "note: the run began with a version of this program that adds numbers in another order: it goes on well, but not to the same bits.\n"
      )
    } else if case .text(let kernels) = attributes["products"], kernels != OpenBLAS.kernels {
      standardError(
        "note: the run began with OpenBLAS's kernels for \(kernels), and here are those for \(OpenBLAS.kernels): it goes on well, but not to the same bits.\n"
      )
    }
    standardError("going on from step \(state.step) (\(found.path))\n")
    return (state, base?.path, changes.allowed)
  }

  /// An adapter needs its base; a run that trains all of it is only compared with it, if it is still there.
  private func base(of saved: Blueprint, at path: String) throws -> LoadedBase? {
    if saved.recipe.start.isAdapter {
      // A run's folder may hold newer checkpoints by now than the one that the adapter began with.
      return try (try? Inputs.base(of: saved, adapter: path, given: nil))
        ?? Inputs.base(of: saved, adapter: path, given: recipe.start.from)
    }
    guard let base = saved.base, let checkpoint = try? CheckpointFile.read(base.path) else { return nil }
    let loaded = try? LoadedBase(checkpoint)
    return loaded?.weightsHash == base.weightsHash ? loaded : nil
  }

  private func tell(_ report: LoadingReport, _ state: RunState) {
    let parameters = state.parameters
    standardError(
      "starting from \(report.path): \(report.taken.count + report.grown.count) of "
        + "\(parameters.entries.count - report.added.count) parameters taken over\n")
    func note(_ names: [String], _ words: String) {
      guard !names.isEmpty else { return }
      let more = names.count > 8 ? " and \(names.count - 8) more" : ""
      standardError("  \(words): \(names.prefix(8).joined(separator: ", "))\(more)\n")
    }
    note(report.grown, "with rows for new words")
    note(report.fresh, "drawn anew")
    note(report.unused, "left over in the base")
    let adapters = report.added.filter { $0.hasSuffix("lora_A.weight") }.count
    if adapters > 0 {
      let start = recipe.start
      standardError(
        "  adapters on \(adapters) linear layers, rank \(start.rank), alpha \(plain(start.alpha))\n")
    }
    note(report.added.filter { !$0.contains(".lora_") }, "added for new words")
  }

  private func plain(_ number: Double) -> String { Int(exactly: number).map(String.init) ?? "\(number)" }
}
