import ArgumentParser
import Commands
import Foundation
import Recipes

/// Trains a model from scratch, or goes on where the same command was stopped.
struct Pretrain: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Train a model from scratch by a recipe; the same command again goes on where it stopped.",
    discussion: """
      The output folder gets checkpoints/, recipe.json (with all defaults), metrics.jsonl, quarantine.jsonl (clips that \
      could not be read), samples/ and report.html. Ctrl-C finishes the step, saves, and exits with 75. Started by mpirun or \
      srun, several processes train one model with the same result to the bit (docs/clusters.md).
      """)

  @Argument(
    help: "The recipe, a JSON file (docs/recipe-reference.md lists its keys).",
    completion: .file(extensions: ["json"]))
  var recipe: String
  @OptionGroup var options: RunOptions

  func run() throws {
    try reportingFailures {
      try RankedRun.run(options) { group in
        let recipe = try group.together { try Recipe.load(path: self.recipe, overrides: options.overrides) }
        let name = URL(fileURLWithPath: self.recipe).deletingPathExtension().lastPathComponent
        try TrainingRun.run(recipe, options, name: name, group)
      }
    }
  }
}
