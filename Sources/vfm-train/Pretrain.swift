import ArgumentParser
import Checkpoints
import Commands
import Foundation
import Manifests
import Recipes
import Tensors
import Training

/// Trains a model from scratch, or goes on where the same command was stopped.
struct Pretrain: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Train a model from scratch by a recipe; the same command again goes on where it stopped.",
    discussion: """
      The output folder gets checkpoints/, recipe.json (with all defaults), metrics.jsonl, quarantine.jsonl (clips that \
      could not be read), samples/ and report.html. Ctrl-C finishes the step, saves, and exits with 75.
      """)

  @Argument(
    help: "The recipe, a JSON file (docs/recipe-reference.md lists its keys).",
    completion: .file(extensions: ["json"]))
  var recipe: String
  @Option(help: "The run's folder (default: Checkpoints/ and the recipe's name).", completion: .directory)
  var output: String?
  @Option(name: .customLong("set"), help: "Set a recipe's key, as in training.steps=2000; may be repeated.")
  var overrides: [String] = []
  @Option(help: "Threads that compute (default: all cores). Results do not depend on it.")
  var threads: Int?
  @Option(help: "Save and stop, with exit code 75, once this many steps are done.")
  var stopAfter: Int?
  @Flag(
    help:
      "Print what the run will cost, memory and time included, and train nothing; takes about ten seconds.")
  var plan = false
  @Flag(help: "Print the plan, or the run's result, as one JSON object on standard output.")
  var json = false

  func validate() throws {
    if let stopAfter, stopAfter < 1 { throw ValidationError("--stop-after must be at least 1.") }
  }

  /// This command without `--stop-after`.
  private var commandToGoOn: String {
    var words = CommandLine.arguments
    if let place = words.firstIndex(of: "--stop-after") {
      words.removeSubrange(place...min(place + 1, words.count - 1))
    }
    return words.filter { !$0.hasPrefix("--stop-after=") }.map { $0.contains(" ") ? "'\($0)'" : $0 }
      .joined(separator: " ")
  }

  func run() throws {
    try reportingFailures {
      try Inputs.setThreads(threads)
      let recipe = try Recipe.load(path: recipe, overrides: overrides)
      let manifest = try Manifest.load(recipe.data.train, split: "train", root: recipe.data.root)
      if plan { return try PlanPrinter(recipe, manifest).print(json: json) }
      let name = ((self.recipe as NSString).lastPathComponent as NSString).deletingPathExtension
      let run = try PretrainRun(recipe, manifest, folder: RunFolder(output ?? "Checkpoints/\(name)"))
      try run.start(stopAfter: stopAfter, goOnWith: commandToGoOn, json: json)
    }
  }
}
