import ArgumentParser
import ClipIndexing
import Clips
import Commands
import Curation
import Foundation
import Recipes
import Tokens
import Video

/// Tells all about manifests before a run.
struct Check: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Tell what manifests hold and all that is wrong with them, before any training.",
    discussion: """
      Give the manifests for training and validation together: clips that two splits share are looked for across all of \
      them. Exits with 65 when something is wrong. docs/data.md lists the layouts that can be read.
      """)

  @Argument(help: "Manifests, folders of clips, or patterns of archives.", completion: .file())
  var manifests: [String]
  @Option(help: "The folder that all clips must lie in (default: the recipe's, or the manifest's own).")
  var root: String?
  @Option(
    help: "What vfm-data index wrote about the clips (default: the recipe's).",
    completion: .file(extensions: ["jsonl"]))
  var index: String?
  @Option(
    help: "A recipe: the length of its captions is checked, and whether it can make samples of the clips.",
    completion: .file(extensions: ["json"])
  )
  var recipe: String?
  @Flag(help: "Print one JSON object.")
  var json = false
  @OptionGroup var isolation: IsolateOption

  func validate() throws {
    if manifests.isEmpty { throw ValidationError("give at least one manifest.") }
  }

  func run() throws {
    try reportingFailures {
      let recipe = try recipe.map { try Recipe.load(path: $0, overrides: isolation.overrides([])) }
      let limits = (recipe?.data.limits ?? .standard).isolated(isolation)
      try limits.requireIsolation()
      let lines = try (index ?? recipe?.data.index).map {
        try ClipIndex.load($0, shots: true)
      }
      let progress = CheckProgress()
      let check = try ManifestCheck(
        manifests, root: root ?? recipe?.data.root, limits: limits,
        run: recipe.map {
          Check.run($0, needsIndex: $0.data.index != nil && index ?? $0.data.index == $0.data.index)
        },
        pictures: recipe?.data.takesPictures ?? true, captions: recipe?.data.readsCaptions ?? true,
        tokens: recipe.flatMap(Check.tokens), index: lines.map { lines in { lines[$0] } },
        duplicateDistance: recipe?.curation.duplicateDistance ?? DuplicateSearch.usualDistance,
        progress: progress.show)
      progress.close()
      try json ? printJSON(check) : try printResult(CheckText(check).text)
      guard check.isFine else {
        let isMissing = check.sources.contains(where: \.isMissing)
        throw ExitCode((isMissing ? ExitStatus.missingInput : .unfitInput).rawValue)
      }
    }
  }

  /// What a run of a recipe says of its clips.
  private static func run(_ recipe: Recipe, needsIndex: Bool) -> RuleCheck.Run {
    let data = recipe.data
    return RuleCheck.Run(
      rule: data.clipRule, heldOutRule: ClipRule(data.clipShape, data.limits),
      tolerance: BadClipTolerance(share: data.badClipTolerance),
      heldOut: data.validation == data.train ? nil : data.validation, needsIndex: needsIndex)
  }

  /// What cuts captions into tokens. How many there are does not depend on a vocabulary, so none is made.
  private static func tokens(_ recipe: Recipe) -> (tokenizer: any Tokenizer, limit: Int)? {
    recipe.task.captions.map { ($0.anyVocabulary, $0.length) }
  }

  private func printJSON(_ check: ManifestCheck) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
    try printResult(String(decoding: try encoder.encode(check), as: UTF8.self))
  }
}

/// One line for each thing that takes time.
private final class CheckProgress {
  private var activity = ""
  private var line: PercentLine?

  func show(_ activity: String, _ share: Double) {
    if activity != self.activity {
      line?.close()
      line = PercentLine(activity)
      self.activity = activity
    }
    line?.show(share)
  }

  func close() { line?.close() }
}
