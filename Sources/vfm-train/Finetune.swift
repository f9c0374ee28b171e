import ArgumentParser
import Commands
import Files
import Foundation
import Manifests
import Recipes
import Training

/// Adapts a trained model to other clips, or goes on where the same command was stopped.
struct Finetune: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Adapt a trained model to new clips: all of it, adapters (LoRA), or its head.",
    discussion: """
      Without a recipe the base's own is taken, with steps and learning rate that suit the method and the number of clips; \
      they are printed. New words of the captions get rows of their own. Before, during and after, the loss is measured on \
      held-out clips of the new kind (--validation) and of the kind that the base knows (evaluation.remember); before and \
      after, the same prompts are sampled from the same noise. The same command again goes on where it stopped. mpirun or srun \
      start it on several processes, as pretrain; without a recipe they need --set training.gradientAccumulation=N.
      """)

  @Argument(
    help: "A recipe, a JSON file (default: the base's own, with fine-tuning defaults).",
    completion: .file(extensions: ["json"]))
  var recipe: String?
  @Option(
    help:
      "What to start from: a checkpoint, or a run's folder for its newest one (default: the recipe's start.from).",
    completion: .file(extensions: ["h5"]))
  var base: String?
  @Option(
    help:
      "The new clips: a manifest, in any layout that docs/data.md lists (default: the recipe's data.train).")
  var data: String?
  @Option(
    help: """
      Held-out clips of the new kind (default: validation.jsonl or .csv beside --data, if it is there, or else those of \
      --data that its list says are of the split validation).
      """)
  var validation: String?
  @Option(
    help: "What is trained: full, lora or head (default: the recipe's start.method; without a recipe lora).")
  var method: StartSection.Method?
  @OptionGroup var options: RunOptions

  func run() throws {
    try reportingFailures {
      try RankedRun.run(options) { group in
        let recipe = try group.together { try wholeRecipe() }
        try TrainingRun.run(recipe, options, name: name(of: recipe), group)
      }
    }
  }

  /// The recipe that was given, or the base's own.
  private func wholeRecipe() throws -> Recipe {
    let recipe = try recipe.map(given) ?? standard()
    guard recipe.start.from != nil else {
      throw Failure(.usage, "Say what to start from: give --base, or set start.from in the recipe.")
    }
    return recipe
  }

  /// "finetune-lora" of a recipe's file; else the base's name, the clips' and the method: "quickstart-narrow-lora".
  private func name(of recipe: Recipe) -> String {
    func folder(_ url: URL) -> URL { url.deletingLastPathComponent() }
    func stem(_ url: URL) -> String { url.deletingPathExtension().lastPathComponent }
    func url(_ path: String) -> URL { URL(fileURLWithPath: path).standardizedFileURL }
    if let file = self.recipe { return stem(url(file)) }
    let (data, from) = (url(data ?? "."), url(base ?? "base"))
    let clips = ["train", "validation", "test"].contains(stem(data)) ? stem(folder(data)) : stem(data)
    // Checkpoints of all runs have the same names: "run/checkpoints/step-00000500.h5".
    let parts = ["checkpoints", "best"]
    let run =
      parts.contains(stem(from))
      ? stem(folder(from))
      : (parts.contains(stem(folder(from))) ? stem(folder(folder(from))) + "-" : "") + stem(from)
    return "\(run)-\(clips)-\(recipe.start.method.rawValue)"
  }

  /// The recipe of a file, with what the options say.
  private func given(_ path: String) throws -> Recipe {
    var overrides: [String] = []
    func set(_ key: String, _ value: String?) { if let value { overrides.append("\(key)=\(quoted(value))") } }
    set("start.from", base)
    set("start.method", method?.rawValue)
    set("data.train", data)
    set("data.validation", validation)
    return try Recipe.load(path: path, overrides: overrides + options.overrides)
  }

  /// The base's own recipe for the new clips.
  private func standard() throws -> Recipe {
    guard let base else {
      throw Failure(
        .usage, "Say what to start from: give --base (a checkpoint or a run's folder), or a recipe.")
    }
    guard let data else {
      throw Failure(.usage, "Say what to learn from: give --data (a manifest), or a recipe.")
    }
    let known = try Blueprint(Inputs.checkpoint(base, isolate: options.isolate)).recipe
    let heldOut = validation ?? Self.heldOut(beside: data)
    var settings = FinetuneSettings(
      from: base, method: method ?? .lora, data: data, clips: 1, validation: heldOut,
      remember: known.task.finetuning == nil ? remembered(known, unlike: heldOut) : nil, captions: [])
    func read() throws -> Recipe {
      try Recipe.parse(
        known.finetuning(settings), name: "the base's recipe", overrides: options.overrides)
    }
    // What the options say of the clips' root and the method, say, holds for what is chosen by them, too.
    let asked = try read()
    let manifest = try asked.data.trainManifest()
    settings.method = asked.start.method
    if asked.data.validation == nil {
      settings.validation = Self.heldOut(within: asked.data, besides: manifest)
    }
    (settings.clips, settings.captions) = (manifest.count, Self.captions(of: manifest))
    settings.steps = try read().training.steps
    let recipe = try read()
    standardError(
      """
      fine-tuning by \(recipe.start.method.rawValue) on \(manifest.count) clips: \(recipe.training.steps) steps of \
      \(recipe.training.clipsPerStep) clips, learning rate \(recipe.optimizer.learningRate)\
      \(recipe.data.validation.map { ", held-out clips \($0)" } ?? "; no held-out clips (--validation)")

      """)
    return recipe
  }

  /// Clips of a kind that the base knows and that is not the new one; says so if they are not there.
  private func remembered(_ known: Recipe, unlike new: String?) -> FinetuneSettings.ClipList? {
    guard !options.overrides.contains(where: { $0.hasPrefix("evaluation.remember=") }) else { return nil }
    var problem: (any Error)?
    for list in known.known where list.path != new {
      do {
        _ = try Manifest.load(list.path, split: "validation", root: list.root)
        return list
      } catch {
        problem = problem ?? error
      }
    }
    if let problem {
      standardError(
        "note: the base's held-out clips cannot be read here, so what it forgets is not measured (\(problem)); "
          + "--set evaluation.remember=… names clips of the kind that it knows\n")
    }
    return nil
  }

  /// The list of the training clips itself, if it names clips of the split validation, and none belongs to both.
  private static func heldOut(within data: DataSection, besides training: Manifest) -> String? {
    func clips(_ split: String?) -> Int? {
      try? Manifest.load(
        data.train, split: split, root: data.root, pictures: data.takesPictures, captions: data.readsCaptions
      ).count
    }
    guard let heldOut = clips("validation"), let all = clips(nil), heldOut + training.count <= all else {
      return nil
    }
    return data.train
  }

  private static func heldOut(beside data: String) -> String? {
    let folder = data.contains("/") ? data[...data.lastIndex(of: "/")!] : ""
    return ["jsonl", "csv"].map { "\(folder)validation.\($0)" }.first {
      !FileIdentity.isOneFile($0, data) && FileManager.default.fileExists(atPath: $0)
    }
  }

  /// Four different captions from all over the manifest, or what there is.
  private static func captions(of manifest: Manifest) -> [String] {
    var captions: [String] = []
    for caption in manifest.captions(spread: 64) where !caption.isEmpty && !captions.contains(caption) {
      captions.append(caption)
    }
    let taken = min(4, captions.count)
    return (0..<taken).map { captions[$0 * captions.count / taken] }
  }

  /// A value as JSON, so that no path is taken for a number.
  private func quoted(_ text: String) -> String {
    let data = try? JSONSerialization.data(
      withJSONObject: text, options: [.fragmentsAllowed, .withoutEscapingSlashes])
    return data.map { String(decoding: $0, as: UTF8.self) } ?? text
  }
}

extension StartSection.Method: ExpressibleByArgument {}
