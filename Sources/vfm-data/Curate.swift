import ArgumentParser
import ClipIndexing
import Commands
import Curation
import Foundation
import Manifests
import Recipes
import Video

/// Writes a manifest of the spans that are worth learning from.
struct Curate: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Cut a recipe's clips at their shots and keep the spans that its curation limits allow.",
    discussion: """
      Reads data.train and its index. Beside the new manifest goes a file NAME.dropped.jsonl: each dropped span with the \
      reason. No clip is changed; likely duplicates alone are decoded, to compare them. Exit codes are those of vfm-train.
      """)

  @Argument(help: "The recipe, a JSON file.", completion: .file(extensions: ["json"]))
  var recipe: String
  @Option(help: "The new manifest (.jsonl).", completion: .file(extensions: ["jsonl"]))
  var output: String
  @Option(help: "The index of the clips (default: the recipe's data.index).")
  var index: String?
  @Option(
    help: "Write a contact sheet of kept and dropped spans (.png).", completion: .file(extensions: ["png"]))
  var sheet: String?
  @Option(
    name: .customLong("set"), help: "Set a recipe's key, as in curation.minMotion=0.01; may be repeated.")
  var settings: [String] = []
  @OptionGroup var isolation: IsolateOption

  func validate() throws {
    if !output.lowercased().hasSuffix(".jsonl") { throw ValidationError("--output must end in .jsonl.") }
  }

  func run() throws {
    try reportingFailures {
      let recipe = try Recipe.load(path: recipe, overrides: isolation.overrides(settings))
      try recipe.data.limits.requireIsolation()
      guard let index = index ?? recipe.data.index else {
        throw Failure(
          .usage, "There is no index: name one with --index or data.index, or make one with vfm-data index.")
      }
      let manifest = try Manifest.load(
        recipe.data.train, root: recipe.data.root, pictures: recipe.data.takesPictures,
        captions: recipe.data.readsCaptions)
      tellWhatIsLeftOut(manifest)
      let files = try CurationFiles(manifest: manifest, output: output)
      let spans = try Curation(
        recipe.curation, decodeLimits: recipe.data.limits, rule: recipe.data.clipRule
      ).spans(of: manifest, ClipIndex.load(index, shots: true))
      try files.write(spans)
      try printResult("\(CurationTable(spans))")
      if let root = files.rootToName {
        standardError(
          "note: \(output) names clips as \(manifest.path) does: read it with data.root \(root).\n")
      }
      if let sheet {
        try CurationSheet(spans, limits: recipe.data.limits).write(to: sheet)
      }
    }
  }
}
