import ArgumentParser
import Clips
import Commands
import Foundation
import Recipes
import Tasks
import Tensors

/// Encodes the clips of a recipe once and for all.
struct Encode: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract:
      "Encode a recipe's clips once, so that training reads their latents and neither decodes nor encodes.",
    discussion: """
      Training with data.latents set to the folder gives the same bits as encoding in the loop, where latents are stored in \
      float32. The same command again encodes only what is not there yet or has changed, anew where the autoencoder is \
      another; Ctrl-C writes what is ready and exits with 75.
      """)

  @Argument(
    help: "The recipe, a JSON file (docs/recipe-reference.md lists its keys).",
    completion: .file(extensions: ["json"]))
  var recipe: String
  @Option(help: "The folder of the latents (default: the recipe's data.latents).", completion: .directory)
  var output: String?
  @Option(help: "How numbers are stored, float32 or bfloat16 (default: as those that are there, or float32).")
  var precision: Precision?
  @OptionGroup var shard: PartOption
  @Option(help: "Threads that decode and encode (default: all cores). Latents do not depend on it.")
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
      guard let folder = output ?? recipe.data.latents else {
        throw Failure(
          .usage, "Say where the latents are to go: give --output, or set data.latents in the recipe.")
      }
      let encoder = try FrozenAutoencoder(recipe.autoencoder())
      let lists = try recipe.latentLists()
      for list in lists { tellWhatIsLeftOut(list.manifest) }
      let lock = try PartLock(folder, shard.part)
      let writer = LatentWriter(
        folder: folder, lists: lists, shape: recipe.data.clipShape, encoder: encoder, precision: precision,
        limits: recipe.data.limits, part: shard.part)
      let plan = try writer.plan()
      try writer.requireSpace(for: plan)
      if plan.replaced > 0 {
        let shards = plan.replaced == 1 ? "1 shard is" : "\(plan.replaced) shards are"
        standardError("\(shards) out of date, damaged or of another precision, and made anew\n")
      }
      let stop = StopRequest(onFirst: "finishing the clip in hand (again to end at once) …")
      let progress = PercentLine("encoding")
      let summary = try writer.run(
        plan, threads: Parallel.threads, shouldStop: { stop.isMade }, progress: { progress.show($0) })
      progress.close()
      try report(summary, plan, folder)
      withExtendedLifetime(lock) {}
      try PreparedClips.end(
        isStopped: summary.isStopped, recipe.data, train: lists.first { $0.list == .train }?.manifest,
        bad: summary.badToTrainOn, first: summary.firstBad)
    }
  }

  private func report(_ summary: LatentWriter.Summary, _ plan: LatentWriter.Plan, _ folder: String) throws {
    PreparedClips.tellUnusable(summary.unusable, first: summary.firstBad)
    if json {
      let result: [String: Any] = [
        "output": folder, "clips": summary.clips, "kept": plan.kept, "encoded": summary.encoded,
        "unusable": summary.unusable, "missing": summary.missing, "bytes": summary.bytes,
        "pixelBytes": summary.pixelBytes, "precision": plan.precision.rawValue,
      ]
      let data = try JSONSerialization.data(
        withJSONObject: result, options: [.sortedKeys, .withoutEscapingSlashes])
      return try printResult(String(decoding: data, as: UTF8.self))
    }
    let share =
      summary.pixelBytes > 0
      ? String(
        format: ", %.3g of the pixels' %d", Double(summary.bytes) / Double(summary.pixelBytes),
        summary.pixelBytes) : ""
    let missing = summary.missing > 0 ? ", \(summary.missing) are still to be encoded" : ""
    try printResult(
      "\(folder): \(summary.clips) clips (\(plan.kept) of \(plan.clips) as they were)\(missing), "
        + "\(plan.precision.rawValue), \(summary.bytes) bytes\(share)")
  }
}

extension Precision: ExpressibleByArgument {}
