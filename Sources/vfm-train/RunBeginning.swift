import Checkpoints
import Commands
import Fields
import Manifests
import Ranks
import Recipes
import Training

/// Finds out where a run begins: anew, from a base, or where it was stopped.
struct RunBeginning {
  let recipe: Recipe
  let manifest: Manifest
  let clips: RunClips
  /// The ranks of the run, all of which begin at the same place.
  let group: RankGroup

  /// The state to train from; where the base lies that it is compared with, if there is one; and what the recipe says
  /// otherwise than when the run began.
  typealias Start = (state: RunState, base: String?, changes: [String])

  /// Where the run begins: the first rank finds the newest checkpoint that serves, and the others take the same one.
  func start(in folder: CheckpointFolder) throws -> Start {
    var goesOn = false
    let first: Start? = try group.together {
      guard group.isFirst else { return nil }
      let found = try folder.newest { try goingOn(from: $0, in: folder.path) }
      goesOn = found != nil
      return try found ?? anew()
    }
    let step = group.gather(goesOn ? "\(first!.state.step)" : "")[0]
    let start = try group.together {
      if let first { return first }
      guard let step = Int(step) else { return try anew() }
      return try goingOn(from: folder.awaited(step: step), in: folder.path)
    }
    if group.count > 1 {
      try SameRun.require("copy of the weights to begin with", start.state.weightsDigest, group)
    }
    return start
  }

  /// A new run, from nothing or from its base; says what was taken over.
  func anew() throws -> Start {
    let base = try Inputs.base(of: recipe.start, isolate: isolate)
    let state = try RunState(Blueprint(recipe, manifest, base: base), base: base, among: group)
    if let base {
      tell(try state.begin(from: base), state)
      if let note = recipe.shapesNote(from: base.blueprint.recipe) { standardError("note: \(note)\n") }
      for difference in recipe.modelDifferences(from: base.blueprint.recipe) {
        standardError("note: the base was trained otherwise: \(difference)\n")
      }
    } else if !recipe.start.frozen.isEmpty {
      standardError(
        "note: there is no start.from, so frozen parameters keep the values they are drawn with\n")
    }
    if recipe.start.isAdapter && !recipe.start.frozen.isEmpty {
      standardError(
        "note: start.frozen says nothing for the method \(recipe.start.method.rawValue), which freezes all but what it trains\n"
      )
    }
    try tellOfClips(state)
    try clips.begin(state)
    return (state, base?.path, [])
  }

  /// Says what is good to know of the clips; throws when they do not serve the task.
  private func tellOfClips(_ state: RunState) throws {
    let notes = try recipe.task.notes(
      on: manifest,
      validation: { try recipe.training.validateEvery > 0 ? recipe.data.validationManifest() : nil },
      facts: state.blueprint.facts)
    for note in notes { standardError("note: \(note)\n") }
  }

  /// The run that a checkpoint holds.
  /// - Throws: `Failure` when recipe or clips are not those it began with.
  func goingOn(from found: CheckpointFolder.Found, in folder: String) throws -> Start {
    let saved = try Blueprint(found.checkpoint)
    // Before the recipes: defaults follow the number of clips.
    let areNotedAnew = try clips.check(found.checkpoint, saved)
    let changes = try RunChanges(from: saved.recipe, to: recipe, in: folder)
    let base = try base(of: saved, at: found.path, in: folder)
    changes.tell()
    let state = try RunState(saved.goingOn(recipe, basePath: base?.path), among: group)
    if recipe.start.isAdapter, let base { try state.begin(from: base) }
    try state.restore(found.checkpoint)
    try tellOfClips(state)
    if areNotedAnew { try clips.begin(state) }
    if let other = Blueprint.otherArithmetic(of: found.checkpoint) {
      standardError("note: the run began with \(other): it goes on well, but not to the same bits.\n")
    }
    for warning in found.warnings { standardError("\(warning)\n") }
    standardError("going on from step \(state.step) (\(found.path))\n")
    return (state, base?.path, changes.allowed)
  }

  /// The base that a run began with: an adapter needs it, and a run that trains all of it is compared with it.
  /// - Throws: `BaseError` when the recipe names another one, or an adapter's is not there.
  private func base(of saved: Blueprint, at path: String, in folder: String) throws -> LoadedBase? {
    guard let began = saved.base else { return nil }
    if let from = recipe.start.from, from != saved.recipe.start.from {
      let named = try LoadedBase(Inputs.checkpoint(from, isolate: isolate))
      guard named.weightsHash == began.weightsHash else {
        throw BaseError.otherStart(run: folder, base: from, began: began)
      }
      return named
    }
    if saved.recipe.start.isAdapter {
      // A run's folder may hold newer checkpoints by now than the one that the adapter began with.
      return try (try? Inputs.base(of: saved, adapter: path, given: nil, isolate: isolate))
        ?? Inputs.base(of: saved, adapter: path, given: recipe.start.from, isolate: isolate)
    }
    if let base = try? LoadedBase(CheckpointFile.read(began.path, isolate: isolate)),
      base.weightsHash == began.weightsHash
    {
      return base
    }
    standardError(
      "note: \(began.path), which the run began with, is not there any more, so how far its weights have moved is not measured\n"
    )
    return nil
  }

  /// Whether a base is read in a process of its own, as clips are.
  private var isolate: Bool { recipe.data.limits.isolate }

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
