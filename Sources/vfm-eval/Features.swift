import ArgumentParser
import Checkpoints
import Clips
import Commands
import Evaluation
import Features
import Foundation
import Manifests
import Training
import Video

/// Computes features of clips.
struct FeaturesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "features", abstract: "Compute what a model makes of clips, a vector for each.",
    discussion: """
      Works with every kind of model (docs/understanding.md). Each clip is looked at once, in its middle, with the averaged \
      weights, and its vector depends on nothing but model and clip. Ctrl-C saves what is done and exits with 75; the same \
      command again goes on there. Clips that cannot be read are named and left out. Other exit codes are those of vfm-train.
      """)

  @Option(help: "A checkpoint, or a run's folder for its newest one.", completion: .file(extensions: ["h5"]))
  var checkpoint: String
  @Option(
    help: "The base of an adapter (default: where it lay in training, or beside the adapter).",
    completion: .file(extensions: ["h5"]))
  var base: String?
  @Option(help: "The clips: a manifest, in any layout that docs/data.md lists.")
  var manifest: String
  @Option(
    help: "The folder that the clips must lie in (default: the manifest's own).", completion: .directory)
  var root: String?
  @Option(
    help: "Leave out clips of other splits than this one, for manifests that name splits (default: none).")
  var split: String?
  @Option(
    help: "The file of features (.h5, or .safetensors).",
    completion: .file(extensions: ["h5", "safetensors"]))
  var output: String
  @Option(help: "Take the tokens behind this block, from 1 (default: the last).")
  var block: Int?
  @Option(
    help: """
      How much noise is laid over clips, from 0 for none to 1; for models that were trained on noisy clips (default: 0.3, or \
      the one strength that was trained).
      """)
  var time: Double?
  @Flag(help: "Do not tell such models the captions of clips.")
  var noCaptions = false
  @Option(
    help: """
      What is kept of a clip: the mean of its tokens, what a classifier's attentive pooler makes of them (attentive), or all \
      of them (tokens).
      """)
  var pool: FeaturePool = .mean
  @Option(
    help: """
      What of the manifest says which class a clip is of: label, or the name of an attribute (default: as the recipe of a \
      classifier says, else label).
      """)
  var labels: String?
  @Option(
    help: "A part of the list, as 3/8: the third of eight equal runs. Other commands take all files together."
  )
  var shard: FeatureShard = .whole
  @Option(help: "Threads that compute (default: all cores). Results do not depend on it.")
  var threads: Int?
  @Flag(help: "Print the result as one JSON object.")
  var json = false
  @OptionGroup var isolation: IsolateOption

  func run() throws {
    try reportingFailures {
      try Inputs.setThreads(threads)
      try OutputFile.check(output, "--output", endings: FeatureFile.endings)
      let (model, identity) = try loaded()
      let limits = model.blueprint.recipe.data.limits.isolated(isolation, atMost: .standard)
      try limits.requireIsolation()
      let clips = try Manifest.load(
        manifest, split: split, root: root, pictures: model.blueprint.clipShape.frames == 1,
        captions: model.blueprint.recipe.data.readsCaptions && !noCaptions)
      tellWhatIsLeftOut(clips)
      let source = labels.map { LabelSource($0) } ?? model.blueprint.recipe.task.classSource ?? .label
      if labels != nil, !clips.indices.contains(where: { clips.label($0, from: source) != nil }) {
        throw Failure(
          .unfitInput,
          "--labels \(source): no clip of \(manifest) has \(source == .label ? "a label" : "such an attribute"); name what "
            + "its clips have (vfm-data check lists it), or leave the option out.")
      }
      let extraction = FeatureExtraction(
        model.subject.features!, identity: identity, manifest: clips, shard: shard,
        labels: source,
        reader: ViewReader(shape: identity.clipShape, source: .files(limits)))
      guard extraction.count > 0 else {
        throw Failure(
          .usage,
          "--shard \(shard.words) of the \(clips.count) clips of \(manifest) is empty; take fewer shards.")
      }
      try requireMemory(extraction.count, model, identity)
      if let found = try extraction.finished(in: output) {
        standardError("note: \(output) holds these features already; remove it to compute them again\n")
        let outcome = FeatureExtraction.Outcome(
          clips: found.clips.count, unreadable: found.unreadable.count,
          kept: found.clips.count + found.unreadable.count)
        return try report(outcome, identity)
      }
      // Two jobs that were given one name would take each other's parts away.
      let lock = try RunLock(extraction.partsFolder(of: output))
      let stop = StopRequest(onFirst: "finishing the clip in hand (again to end at once) …")
      let line = CountLine("computing features")
      let outcome = try extraction.write(to: output) { message in
        line.close()
        standardError("\(message)\n")
      } goesOn: { done in
        line.show(done, of: extraction.count)
        return !stop.isMade
      }
      line.close()
      withExtendedLifetime(lock) {}
      if outcome.left > 0 {
        standardError("\(outcome.left) clips are left; to go on, run the same command again\n")
        throw ExitCode(ExitStatus.stopped.rawValue)
      }
      try report(outcome, identity)
    }
  }

  /// The model, and what its features are to be.
  private func loaded() throws -> (LoadedModel, FeatureIdentity) {
    let file = try Inputs.checkpoint(checkpoint, isolate: isolation.isOn)
    let blueprint = try Blueprint(file)
    Inputs.tellPrecision(of: blueprint)
    let base = try Inputs.base(of: blueprint, adapter: file.path, given: base, isolate: isolation.isOn)
    let model = try LoadedModel(file, blueprint, base: base)
    let kind = blueprint.recipe.kind.rawValue
    guard let source = model.subject.features else {
      throw Failure(
        .unfitInput,
        "\(model.path) is of task.kind \"\(kind)\", which has no features; give another checkpoint.")
    }
    let block = block ?? source.depth
    guard (1...max(1, source.depth)).contains(block), source.depth > 0 else {
      throw Failure(
        .usage,
        "--block \(block): \(model.path) has \(source.depth) \(source.depth == 1 ? "block" : "blocks"); name one from 1 to "
          + "\(source.depth).")
    }
    if source.standardTime == nil, let option = time != nil ? "--time" : noCaptions ? "--no-captions" : nil {
      throw Failure(
        .usage,
        "\(option) is for models that were trained on noisy clips, and \(model.path) is of task.kind \"\(kind)\", which sees "
          + "clips as they are and reads no captions; leave it out.")
    }
    if let time, !(0...1).contains(time) {
      throw Failure(.usage, "--time must be a number from 0 (the clip) to 1 (noise).")
    }
    if pool == .attentive {
      guard source.attentivePooling != nil else {
        throw Failure(
          .usage,
          "--pool attentive is for classifiers with head.pooling \"attentive\", and \(model.path) has no such pooler; take "
            + "--pool mean.")
      }
      guard block == source.depth else {
        throw Failure(
          .usage, "--pool attentive: the pooler knows the tokens of the last block alone; leave out --block.")
      }
    }
    let identity = FeatureIdentity(
      weights: try LoadedModel.weightsHash(of: file, base: base), kind: kind, block: block,
      depth: source.depth,
      time: source.standardTime.map { time ?? $0 },
      readsCaptions: source.standardTime.map { _ in !noCaptions },
      pool: pool, clipShape: blueprint.clipShape)
    return (model, identity)
  }

  /// Refuses before any work what could not be joined in memory at the end.
  private func requireMemory(_ clips: Int, _ model: LoadedModel, _ identity: FeatureIdentity) throws {
    let rows = pool == .tokens ? model.blueprint.recipe.task.tokensPerClip : 1
    let bytes = Double(clips) * Double(rows) * Double(model.subject.features!.width) * 4
    let most = Double(ProcessInfo.processInfo.physicalMemory) / 4
    guard bytes > most else { return }
    throw Failure(
      .usage,
      String(
        format:
          "The features of %d clips take %.1f GB, which is more than a quarter of this machine's memory; ",
        clips, bytes / 1e9)
        + "compute them in several files, as with --shard 1/\(Int((bytes / most).rounded(.up)) * shard.count)."
    )
  }

  private func report(_ outcome: FeatureExtraction.Outcome, _ identity: FeatureIdentity) throws {
    if json {
      let result: [String: Any] = [
        "output": output, "clips": outcome.clips, "unreadable": outcome.unreadable, "kept": outcome.kept,
        "weights": identity.weights, "kind": identity.kind, "block": identity.block,
        "pool": identity.pool.rawValue,
      ]
      let data = try JSONSerialization.data(
        withJSONObject: result, options: [.sortedKeys, .withoutEscapingSlashes])
      return try printResult(String(decoding: data, as: UTF8.self))
    }
    try printResult(
      "\(output): \(outcome.clips) \(outcome.clips == 1 ? "clip" : "clips"), \(identity.words)"
        + (outcome.unreadable > 0 ? "; \(outcome.unreadable) could not be read" : "")
        + (outcome.kept > 0 ? "; \(outcome.kept) were there" : ""))
  }
}

extension FeaturePool: ExpressibleByArgument {}

extension FeatureShard: ExpressibleByArgument {
  /// Reads "3/8".
  public init?(argument: String) { self.init(argument) }

  /// "3/8".
  public var defaultValueDescription: String { words }
}
