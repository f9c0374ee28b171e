import Checkpoints
import Commands
import Layers
import Manifests
import Recipes
import Training

extension TrainingRecipe {
  /// The checkpoint that a new run starts from, if the recipe names one.
  func startCheckpoint() throws -> LoadedCheckpoint? { try start.map(Inputs.checkpoint) }

  /// The number of parameters, and what becomes of them where some are frozen.
  func inWords(parameters: Int, frozen: Int) -> String {
    frozen == 0
      ? "\(parameters)"
      : "\(parameters) (\(parameters - frozen) trained, \(frozen) frozen in \(frozenPrecision.rawValue))"
  }
}

extension RunState {
  /// A new run by a recipe, from the checkpoint that the recipe names or from nothing; says what was taken over.
  static func beginning(_ recipe: Recipe, _ manifest: Manifest) throws -> RunState {
    guard let start = try recipe.training.startCheckpoint() else {
      let state = RunState(try Blueprint(recipe, manifest))
      if !recipe.training.frozen.isEmpty {
        standardError(
          "note: there is no training.start, so frozen parameters keep the values they are drawn with\n")
      }
      return state
    }
    let state = RunState(try Blueprint(recipe, manifest, start: start))
    let report = try state.begin(from: start)
    let parameters = state.model.parameters
    standardError(
      "starting from \(start.path): \(report.taken) of \(parameters.entries.count) parameters taken over\n")
    if !report.fresh.isEmpty {
      standardError("note: not in it, and so drawn anew: \(listed(report.fresh))\n")
    }
    let unknown = Set(
      manifest.indices.lazy.flatMap { state.blueprint.tokenizer.unknownWords(in: manifest.caption($0)) })
    if !unknown.isEmpty {
      standardError("note: words of the captions that its vocabulary lacks: \(listed(unknown.sorted()))\n")
    }
    return state
  }

  private static func listed(_ names: [String]) -> String {
    names.prefix(8).joined(separator: ", ") + (names.count > 8 ? " and \(names.count - 8) more" : "")
  }
}
