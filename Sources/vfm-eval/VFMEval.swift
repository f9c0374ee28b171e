import ArgumentParser
import Clips
import Commands
import Evaluation
import Manifests
import Recipes
import Report
import Sampling
import Tasks
import Training
import Video

/// Measures a checkpoint on held-out clips.
struct VFMEval: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "measure", abstract: "Measure a checkpoint on held-out clips, alone or beside its base.",
    discussion: """
      Prints the loss under each condition (noise level, say), on fixed noise, so that figures of different runs can be \
      compared. Models that generate are also asked for clips of the captions: how close these come to training clips is \
      told beside how close held-out clips come, and for clips of the embedded set how often colour, shape and motion are \
      as asked. Of models that tell classes apart it is told how often the class is found (top 1, top 5, the mean over \
      classes, each with its range), how far their confidence can be trusted, and what is taken for what; clips that the \
      model was trained on are refused. An adapter is shown beside its base, a whole checkpoint beside any --base of its kind: the same clips, \
      prompts and noise. The averaged weights are used. Exit codes are those of vfm-train.
      """)

  @Option(help: "A checkpoint, or a run's folder for its newest one.", completion: .file(extensions: ["h5"]))
  var checkpoint: String
  @Option(
    help: """
      What to show beside it, a checkpoint or a run's folder: another of the same task.kind and clip shape, or the base of \
      an adapter (default: where it lay in training, or beside the adapter).
      """,
    completion: .file(extensions: ["h5"]))
  var base: String?
  @Option(help: "Held-out clips: a manifest, in any layout that docs/data.md lists.")
  var manifest: String
  @Option(
    help: "The folder that the clips must lie in, also those of --training (default: the manifest's own).",
    completion: .directory)
  var root: String?
  @Option(
    help: "Leave out clips of other splits than this one, for manifests that name splits (default: none).")
  var split: String?
  @Option(help: "The most clips to measure on (default: 256; all, where classes are told apart).")
  var clips: Int?
  @Option(
    help: """
      Views of each clip whose predictions are averaged, times x crops, as 5x3; where classes are told apart (default: 1x1, \
      the middle).
      """)
  var views: String?
  @Option(
    help: """
      The most captions of these clips to sample; 0 samples none (default: \(CaptionChoice.standardLimits.judged) for clips \
      of the embedded set, \(CaptionChoice.standardLimits.others) for others).
      """)
  var samples: Int?
  @Option(
    help: """
      Training clips that samples are compared with, and that may not be among those that classes are asked of; a manifest \
      (default: the recipe's data.train).
      """)
  var training: String?
  @Flag(help: "Ask for the classes of clips that the model was trained on, too, and mark the figures.")
  var allowShared = false
  @Option(help: "The most training clips to compare with, taken from all over their manifest.")
  var trainingClips = 2000
  @Option(help: "Steps from noise to clip (default: the recipe's samples.steps, else 30).")
  var steps: Int?
  @Option(
    help: """
      How far to follow the prompt beyond the plain prediction (default: the recipe's samples.guidance, else 4).
      """)
  var guidance: Double?
  @Option(help: "Seed of the samples' noise.")
  var seed: UInt64 = 0
  @Option(
    help: """
      Write a contact sheet (.png): of the samples, of clips above what an autoencoder makes of them, or of the most confident \
      mistakes about classes.
      """,
    completion: .file(extensions: ["png"]))
  var sheet: String?
  @Option(
    help: "Write what was taken for what as a picture (.png); where classes are told apart.",
    completion: .file(extensions: ["png"]))
  var confusion: String?
  @Option(
    help: "Write all of it as a page (.html) that needs no other file and no network.",
    completion: .file(extensions: ["html"]))
  var report: String?
  @Option(help: "Threads that compute (default: all cores). Results do not depend on it.")
  var threads: Int?
  @Flag(help: "Print one JSON object.")
  var json = false
  @OptionGroup var isolation: IsolateOption

  func validate() throws {
    if clips ?? 1 < 1 || samples ?? 0 < 0 || steps ?? 1 < 1 || trainingClips < 1 {
      throw ValidationError("--clips, --training-clips and --steps must be at least 1, --samples at least 0.")
    }
    if let views, ViewPlan(views) == nil {
      throw ValidationError(
        "--views must be times x crops, as in 5x3, each a number from 1 to \(ViewPlan.most).")
    }
    if let guidance, !(0...100).contains(guidance) {
      throw ValidationError("--guidance must be a number from 0 to 100.")
    }
  }

  func run() throws {
    try reportingFailures {
      try Inputs.setThreads(threads)
      if let report { try OutputFile.check(report, "--report", endings: [".html", ".htm"]) }
      if let sheet { try OutputFile.check(sheet, "--sheet", endings: [".png"]) }
      if let confusion { try OutputFile.check(confusion, "--confusion", endings: [".png"]) }
      let models = try ComparedModels(checkpoint, base: base, isolate: isolation.isOn)
      let limits = models.model.blueprint.recipe.data.limits.isolated(isolation, atMost: .standard)
      try limits.requireIsolation()
      if models.model.subject.scorer != nil { return try measureClasses(models, limits) }
      try refuseOptionsOfClasses(models.model)
      let measurement = Measurement(
        models, try read(models.model, limits), limit: samples,
        settings: settings(models.model.blueprint))
      let training =
        measurement.choice == nil
        ? nil
        : try TrainingClips.find(training, root: root, limit: trainingClips, of: models.model, limits: limits)
      let record = try measurement.record(manifest: manifest, training: training)
      try printResult(try json ? EvalJSON(record).text() : record.text)
      if let sheet {
        if let sampling = record.sampling {
          try writePNG(
            ContactSheet.picture(rows: record.model.samples, captions: sampling.prompts), to: sheet)
        } else if let reconstructor = models.model.subject.reconstructor {
          try writePNG(ContactSheet.reconstructions(of: measurement.reader, by: reconstructor), to: sheet)
        } else {
          standardError("note: nothing was sampled, so \(sheet) is not written\n")
        }
      }
      if let report { try record.writePage(to: report) }
    }
  }

  /// The list of held-out clips.
  func heldOut(_ blueprint: Blueprint) throws -> Manifest {
    try Manifest.load(
      manifest, split: split, root: root, pictures: blueprint.clipShape.frames == 1,
      captions: blueprint.recipe.data.readsCaptions)
  }

  /// The held-out clips that can be read: the first of them, or some from all over their list where classes are measured.
  private func read(_ model: LoadedModel, _ limits: DecodeLimits) throws -> ClipReader {
    let entries = try heldOut(model.blueprint)
    tellWhatIsLeftOut(entries)
    let reader = try ClipReader(
      entries, shape: model.blueprint.clipShape, limit: clips ?? 256, spread: model.subject.measuresClasses,
      source: .files(limits))
    for bad in reader.unreadable { standardError("left out: \(bad)\n") }
    guard reader.count > 0 else {
      throw Failure(
        .unfitInput, "None of the clips of \(manifest) can be read; the messages above say why.")
    }
    return reader
  }

  /// How clips are sampled: as the options say, and else as the recipe does while training.
  private func settings(_ blueprint: Blueprint) -> SamplerSettings {
    var settings = blueprint.recipe.task.samples?.settings ?? SamplerSettings()
    settings.steps = steps ?? settings.steps
    settings.guidance = guidance ?? settings.guidance
    settings.seed = seed
    return settings
  }
}
