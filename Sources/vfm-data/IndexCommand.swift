import ArgumentParser
import ClipIndexing
import Commands
import Foundation
import Manifests
import Recipes
import Tensors
import Video

/// Writes an index of a manifest's clips.
struct IndexCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "index",
    abstract:
      "Decode every clip of a manifest once and write down what it is, whether it is whole, and its shots.",
    discussion: """
      The index has a line a clip (docs/data.md tells its fields). The same command again goes on where it stopped and \
      looks anew at clips whose size changed; Ctrl-C finishes the clips in hand and exits with 75. Other exit codes are \
      those of vfm-train; clips that cannot be read are no failure.
      """)

  @Argument(help: "The clips: a manifest or folder in any of the layouts that docs/data.md lists.")
  var manifest: String
  @Option(help: "The index (.jsonl), written or gone on with.", completion: .file(extensions: ["jsonl"]))
  var output: String
  @Option(
    help: "The folder that all clips must lie in (default: the recipe's data.root).", completion: .directory)
  var root: String?
  @Option(help: "A part of the work, as 3/8: every 8th clip from the 3rd on. Join the parts' files with cat.")
  var shard: Indexing.Shard?
  @Option(help: "Threads that decode, a clip each (default: all cores). The index does not depend on it.")
  var threads: Int?
  @Option(help: "A recipe whose data.limits and data.root to use.", completion: .file(extensions: ["json"]))
  var recipe: String?
  @Option(
    name: .customLong("set"), help: "Set a recipe's key, as in data.limits.maxSeconds=60; may be repeated.")
  var settings: [String] = []
  @OptionGroup var isolation: IsolateOption
  @Flag(help: "Read the clips that have a line again to compare their hash, not only their size.")
  var verify = false
  @Flag(help: "Print the result as one JSON object on standard output.")
  var json = false

  func run() throws {
    try reportingFailures {
      try Inputs.setThreads(threads)
      let data = try dataRecipe()
      try data.limits.requireIsolation()
      let clips = try Manifest.load(
        manifest, root: root ?? data.root, pictures: data.takesPictures, captions: false)
      tellWhatIsLeftOut(clips)
      let indexing = Indexing(
        clips, shard: shard, limits: data.limits, threads: Parallel.threads, verify: verify)
      let stop = StopRequest(onFirst: "finishing the clips in hand (again to end at once) …")
      let line = CountLine("indexing")
      let outcome = try indexing.write(to: output, shouldStop: { stop.isMade }) { progress in
        line.show(progress.done, of: progress.total, progress.bad > 0 ? "\(progress.bad) bad" : "")
      }
      line.close()
      try report(outcome)
      if outcome.left > 0 {
        standardError("\(outcome.left) clips are left; to go on, run the same command again\n")
        throw ExitCode(ExitStatus.stopped.rawValue)
      }
    }
  }

  /// The data section of the recipe, or the defaults of one.
  private func dataRecipe() throws -> DataSection {
    let overrides = isolation.overrides(settings)
    if let recipe { return try Recipe.load(path: recipe, overrides: overrides).data }
    let defaults = """
      {"data": {"train": "-", "frames": 1, "height": 16, "width": 16, "frameRate": 1}, "training": {"steps": 1}}
      """
    return try Recipe.parse(defaults, name: "the defaults", overrides: overrides).data
  }

  private func report(_ outcome: Indexing.Outcome) throws {
    for line in outcome.firstBad {
      standardError("\(line.verdict.rawValue): \(line.path): \(line.reason ?? "")\n")
    }
    if json {
      let result: [String: Any] = [
        "output": output, "good": outcome.good, "damaged": outcome.damaged, "unreadable": outcome.unreadable,
        "kept": outcome.kept, "renewed": outcome.renewed, "left": outcome.left,
      ]
      let data = try JSONSerialization.data(
        withJSONObject: result, options: [.sortedKeys, .withoutEscapingSlashes])
      try printResult(String(decoding: data, as: UTF8.self))
    } else {
      try printResult(
        "\(output): \(outcome.good) good, \(outcome.damaged) damaged and \(outcome.unreadable) unreadable clips"
          + (outcome.kept > 0 ? "; \(outcome.kept) of their lines were there" : "")
          + (outcome.renewed > 0 ? ", \(outcome.renewed) were out of date" : ""))
    }
  }
}

extension Indexing.Shard: ExpressibleByArgument {
  /// Reads "3/8".
  public init?(argument: String) {
    let parts = argument.split(separator: "/", omittingEmptySubsequences: false).map { Int($0) }
    guard parts.count == 2, let number = parts[0], let count = parts[1] else { return nil }
    self.init(number: number, count: count)
  }
}
