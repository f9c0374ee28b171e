import ArgumentParser
import Clips
import Commands
import Foundation
import Recipes
import Tensors
import Video

/// Decodes the clips of a recipe once and for all.
struct Pack: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Decode and resize a recipe's clips once, so that training reads them without decoding.",
    discussion: """
      Training with data.packed set to the folder gives the same bits as from the files. The same command again packs only \
      what is not there yet or has changed; Ctrl-C writes what is ready and exits with 75.
      """)

  @Argument(
    help: "The recipe, a JSON file (docs/recipe-reference.md lists its keys).",
    completion: .file(extensions: ["json"]))
  var recipe: String
  @Option(help: "The pack's folder (default: the recipe's data.packed).", completion: .directory)
  var output: String?
  @OptionGroup var shard: PartOption
  @Option(help: "Threads that decode (default: all cores). Samples do not depend on it.")
  var threads: Int?
  @Option(name: .customLong("set"), help: "Set a recipe's key, as in data.height=128; may be repeated.")
  var settings: [String] = []
  @OptionGroup var isolation: IsolateOption
  @Flag(help: "Print the result as one JSON object.")
  var json = false

  func run() throws {
    try reportingFailures {
      try Inputs.setThreads(threads)
      let recipe = try Recipe.load(path: recipe, overrides: isolation.overrides(settings))
      try recipe.data.limits.requireIsolation()
      guard let folder = output ?? recipe.data.packed else {
        throw Failure(.usage, "Say where the pack is to go: give --output, or set data.packed in the recipe.")
      }
      let lists = try recipe.data.packedLists()
      for list in lists { tellWhatIsLeftOut(list.manifest) }
      let lock = try PartLock(folder, shard.part)
      let packer = ClipPacker(
        folder: folder, lists: lists, limits: recipe.data.limits, part: shard.part)
      let plan = try packer.plan()
      try packer.requireSpace(for: plan)
      let stop = StopRequest(onFirst: "finishing the clips in hand (again to end at once) …")
      let progress = PercentLine("packing")
      let summary = try packer.run(
        plan, threads: Parallel.threads,
        shouldStop: { stop.isMade }, progress: { progress.show($0) })
      progress.close()
      try report(summary, plan, folder)
      withExtendedLifetime(lock) {}
      try PreparedClips.end(
        isStopped: summary.isStopped, recipe.data, train: lists.first { $0.list == .train }?.manifest,
        bad: summary.badToTrainOn, first: summary.firstBad)
    }
  }

  private func report(_ summary: ClipPacker.Summary, _ plan: ClipPacker.Plan, _ folder: String) throws {
    PreparedClips.tellUnusable(summary.unusable, first: summary.firstBad)
    if json {
      let result: [String: Any] = [
        "output": folder, "clips": summary.clips, "kept": plan.kept, "unusable": summary.unusable,
        "missing": summary.missing, "bytes": summary.bytes, "clipBytes": summary.clipBytes,
      ]
      let data = try JSONSerialization.data(
        withJSONObject: result, options: [.sortedKeys, .withoutEscapingSlashes])
      return try printResult(String(decoding: data, as: UTF8.self))
    }
    let factor =
      summary.clipBytes > 0
      ? String(
        format: ", %.1f times as large as the files", Double(summary.bytes) / Double(summary.clipBytes))
      : ""
    let missing = summary.missing > 0 ? ", \(summary.missing) are still to be packed" : ""
    try printResult(
      "\(folder): \(summary.clips) clips (\(plan.kept) of \(plan.clips) as they were)\(missing), "
        + "\(summary.bytes) bytes\(factor)")
  }
}
