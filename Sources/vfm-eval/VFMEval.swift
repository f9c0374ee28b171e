import ArgumentParser
import Clips
import Commands
import Evaluation
import Foundation
import Manifests
import Report
import Sampling
import SyntheticClips
import Training
import Video

/// Measures a checkpoint on held-out clips.
@main
struct VFMEval: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "vfm-eval", abstract: "Measure a checkpoint on held-out clips.",
    discussion: """
      Prints the loss at each noise level, on fixed noise, so that figures of different runs can be compared. For clips of the \
      embedded set it also samples a clip of each caption and tells how often colour, shape and motion are as asked. The \
      averaged weights are used. Exit codes are those of vfm-train.
      """)

  @Option(help: "A checkpoint, or a run's folder for its newest one.", completion: .file(extensions: ["h5"]))
  var checkpoint: String
  @Option(
    help: "The base of an adapter (default: where it lay in training, or beside the adapter).",
    completion: .file(extensions: ["h5"]))
  var base: String?
  @Option(help: "Held-out clips: a manifest, in any layout that docs/data.md lists.")
  var manifest: String
  @Option(
    help: "The folder that the clips must lie in (default: the manifest's own).", completion: .directory)
  var root: String?
  @Option(help: "The most clips to measure the loss on.")
  var clips = 256
  @Option(help: "The most captions to sample, for clips of the embedded set; 0 samples none.")
  var samples = 64
  @Option(help: "Steps from noise to clip.")
  var steps = 30
  @Option(help: "How far to follow the prompt beyond the plain prediction.")
  var guidance = 4.0
  @Option(help: "Seed of the samples' noise.")
  var seed: UInt64 = 0
  @Option(help: "Write a contact sheet of the samples (.png).", completion: .file(extensions: ["png"]))
  var sheet: String?
  @Option(help: "Threads that compute (default: all cores). Results do not depend on it.")
  var threads: Int?
  @Flag(help: "Print one JSON object.")
  var json = false

  func validate() throws {
    if clips < 1 || samples < 0 || steps < 1 {
      throw ValidationError("--clips and --steps must be at least 1, --samples at least 0.")
    }
  }

  func run() throws {
    try reportingFailures {
      try Inputs.setThreads(threads)
      let model = try Inputs.model(checkpoint, base: base)
      let (blueprint, path) = (model.blueprint, model.path)
      let entries = try Manifest.load(manifest, root: root)
      let reader = try ClipReader(
        entries, shape: blueprint.clipShape, limit: clips, source: .files(blueprint.recipe.data.limits))
      for bad in reader.unreadable { standardError("left out: \(bad)\n") }
      guard reader.count > 0 else {
        throw Failure(
          .unfitInput, "None of the clips of \(manifest) can be read; the messages above say why.")
      }
      let losses = model.subject.evaluators[0].run(reader).figures.map {
        (condition: $0.name, loss: $0.value)
      }
      let following = try judge(model, entries)
      try json
        ? printJSON(path, reader.count, losses, following)
        : printTables(path, reader.count, losses, following)
    }
  }

  /// Samples the captions of clips whose colour, shape and motion are known, and looks at what came.
  private func judge(
    _ model: LoadedModel, _ manifest: Manifest
  ) throws -> PromptFollowing? {
    let asked = manifest.filter { $0.attributes["shape"] != nil && $0.attributes["motion"] != nil }
      .prefix(samples)
    guard !asked.isEmpty else { return nil }
    guard let sampler = model.subject.sampler else { return nil }
    let shape = model.blueprint.clipShape
    let progress = PercentLine("sampling")
    let clips = SampledClips(sampler, SamplerSettings(steps: steps, guidance: guidance, seed: seed)).pictures(
      of: asked.map { Wish(prompt: $0.caption) },
      size: SampleSize(frames: shape.frames, height: shape.height, width: shape.width)
    ) { share in
      progress.show(share)
      return true
    }
    progress.close()
    if let sheet {
      try writePNG(ContactSheet.picture(rows: clips, captions: asked.map(\.caption)), to: sheet)
    }
    // A judge that knows fewer shapes errs less often: the simplest level that has all that was asked for.
    let level = Level.allCases.first { level in
      let shapes = Set(level.shapes.map(\.rawValue))
      return asked.allSatisfy { shapes.contains($0.attributes["shape"] ?? "") }
    }
    return PromptFollowing(
      clips: clips, asked: asked.map(\.attributes), judge: SceneJudge(level: level ?? .hard))
  }

  private func printTables(
    _ path: String, _ count: Int, _ losses: [(condition: String, loss: Double)], _ following: PromptFollowing?
  ) {
    print("\(path), \(count) clips of \(manifest)")
    let rows = losses.map { [$0.condition, String(format: "%.5f", $0.loss)] }
    print(
      TextTable(
        columns: ["noise level", "held-out loss"],
        rows: rows + [["mean", String(format: "%.5f", mean(losses))]]))
    if let following { print("\n\(following.table)") }
  }

  private func printJSON(
    _ path: String, _ count: Int, _ losses: [(condition: String, loss: Double)], _ following: PromptFollowing?
  ) throws {
    var object: [String: Any] = [
      "checkpoint": path, "manifest": manifest, "clips": count, "heldOutLoss": mean(losses),
      "heldOut": Dictionary(uniqueKeysWithValues: losses.map { ($0.condition, $0.loss) }),
    ]
    if let following {
      object["promptFollowing"] = try JSONSerialization.jsonObject(with: JSONEncoder().encode(following))
    }
    let data = try JSONSerialization.data(
      withJSONObject: object, options: [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes])
    print(String(decoding: data, as: UTF8.self))
  }

  private func mean(_ losses: [(condition: String, loss: Double)]) -> Double {
    losses.reduce(0) { $0 + $1.loss } / Double(losses.count)
  }
}
