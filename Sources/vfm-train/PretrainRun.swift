import ArgumentParser
import Checkpoints
import Clips
import Commands
import Foundation
import Manifests
import Models
import Recipes
import Report
import Tensors
import Training

/// One pretraining run: its folder, its state, and what is told of it.
final class PretrainRun: TrainingObserver {
  /// Keys of a recipe that a run may change when it goes on: none of them changes what was learned so far. (More or fewer
  /// steps change the learning rates to come, which the user is told.)
  static let freeKeys: Set<String> = [
    "$schema", "notes", "data.workers", "data.ahead", "data.cacheMegabytes", "data.badClipTolerance",
    "data.validation", "data.root", "data.index", "data.verify", "data.packed", "data.limits",
    "curation",
    "training.steps", "training.checkpointEvery", "training.keepCheckpoints", "training.sampleEvery",
    "training.validateEvery", "training.validationClips", "training.logEvery", "training.recompute",
    "samples",
  ]

  private let recipe: Recipe
  private let manifest: Manifest
  private let folder: RunFolder
  private let guardian: IndexGuard?
  private let lock: RunLock
  private let checkpoints: CheckpointFolder
  private let state: RunState
  private let metrics: MetricsLog
  private let progress: ProgressLine
  private var clipsSeen = 0
  private var stepsHere = 0
  /// How often the pool had taken memory from the system when the third step of this process was done.
  private var settledAllocations = 0
  private var failure: (any Error)?

  /// Takes hold of the folder and finds out where to begin.
  init(_ recipe: Recipe, _ manifest: Manifest, folder: RunFolder) throws {
    self.recipe = recipe
    self.manifest = manifest
    self.folder = folder
    lock = try RunLock(folder.path)
    checkpoints = CheckpointFolder(folder.checkpoints)
    let index = try recipe.data.clipIndex()
    guardian = try recipe.data.indexGuard(index, manifest)
    let clips = RunClips(manifest: manifest, index: index, path: folder.clips, run: folder.path)
    state = try Self.state(recipe, manifest, checkpoints, clips)
    try checkpoints.requireSpace(for: 2, of: state.checkpointBytes)
    progress = ProgressLine(logEvery: recipe.training.logEvery)
    metrics = try MetricsLog(path: folder.metrics, from: state.step)
    do {
      try recipe.resolvedJSON().write(toFile: folder.recipe, atomically: true, encoding: .utf8)
    } catch {
      throw Failure(.cannotCreate, "Cannot write \(folder.recipe): \(error.localizedDescription)")
    }
  }

  /// The newest good checkpoint's state, or a new one.
  private static func state(
    _ recipe: Recipe, _ manifest: Manifest, _ checkpoints: CheckpointFolder, _ clips: RunClips
  ) throws -> RunState {
    guard let found = try checkpoints.newest() else {
      let state = try RunState.beginning(recipe, manifest)
      try clips.begin(state)
      return state
    }
    for warning in found.warnings { standardError("\(warning)\n") }
    let saved = try Blueprint(found.checkpoint)
    let differences = recipe.differences(from: saved.recipe, ignoring: freeKeys)
    guard differences.isEmpty else {
      throw Failure(
        .unfitInput,
        "\(checkpoints.path) holds a run of another recipe:\n  " + differences.joined(separator: "\n  ")
          + "\nGive another --output folder, or the recipe that the run began with.")
    }
    if recipe.training.steps != saved.recipe.training.steps {
      standardError(
        "note: the run began with \(saved.recipe.training.steps) steps and now has \(recipe.training.steps): learning rates to come are those of the new schedule.\n"
      )
    }
    let state = RunState(saved.with(recipe))
    try state.restore(found.checkpoint)
    try clips.check(state, saved)
    if found.checkpoint.attributes["arithmetic"] != .integer(Parallel.arithmetic) {
      standardError(
        "note: the run began with a version of this program that adds numbers in another order: it goes on well, but not to the same bits.\n"
      )
    }
    standardError("going on from step \(state.step) (\(found.path))\n")
    return state
  }

  /// Trains until the end, a stop, or an error.
  func start(stopAfter: Int?, goOnWith command: String, json: Bool) throws {
    let clock = ContinuousClock()
    let begun = clock.now
    let data = recipe.data
    if let stopAfter, stopAfter <= state.step {
      throw Failure(.usage, "--stop-after \(stopAfter) is not beyond step \(state.step), which is done.")
    }
    let validation = try heldOutClips()
    let loader = BatchLoader(
      manifest, shape: state.blueprint.clipShape, batch: recipe.training.batch * recipe.training.accumulate,
      seed: UInt64(recipe.seed), startStep: state.step, start: data.startChoice, crop: data.cropChoice,
      source: try data.clipSource(manifest, .train), index: guardian,
      workers: data.workers, ahead: data.ahead,
      cacheMegabytes: data.cacheMegabytes, badClipTolerance: data.badClipTolerance,
      quarantinePath: folder.quarantine)
    defer { loader.stop() }
    let leftOut = try loader.leaveOutUnreadable()
    if leftOut > 0 {
      standardError(
        "\(leftOut) clips are left out: \(data.index ?? "the index") says that they cannot be read\n")
    }
    let stop = StopRequest(onFirst: "stopping after this step (again to end at once, without saving) …")
    introduce()
    let trainer = Trainer(state, loader: loader, validation: validation, folder: checkpoints, observer: self)
    let outcome = try trainer.run(stopAfter: stopAfter, shouldStop: { stop.isMade || self.failure != nil })
    progress.close()
    if let failure { throw failure }
    let seconds = (clock.now - begun) / .seconds(1)
    if loader.badClips > 0 {
      let clips = loader.badClips == 1 ? "1 clip" : "\(loader.badClips) clips"
      standardError("\(clips) could not be read: see \(folder.quarantine)\n")
    }
    let report = try RunReport(folder: folder.path).write()
    standardError(
      "\(state.step) of \(recipe.training.steps) steps done, \(clipsSeen) clips in \(inWords(seconds: seconds)); report: \(report)\n"
    )
    if json { try printResult(seconds: seconds, badClips: loader.badClips) }
    if case .stopped = outcome {
      standardError("to go on, run the same command again: \(command)\n")
      throw ExitCode(ExitStatus.stopped.rawValue)
    }
  }

  private func heldOutClips() throws -> ClipReader? {
    guard let path = recipe.data.validation, recipe.training.validateEvery > 0 else { return nil }
    let manifest = try Manifest.load(path, split: "validation", root: recipe.data.root)
    let clips = try ClipReader(
      manifest, shape: state.blueprint.clipShape, limit: recipe.training.validationClips,
      source: try recipe.data.clipSource(manifest, .validation))
    for bad in clips.unreadable { standardError("held-out clip left out: \(bad)\n") }
    return clips.count > 0 ? clips : nil
  }

  private func introduce() {
    let (blueprint, parameters) = (state.blueprint, state.model.parameters)
    let count = recipe.training.inWords(
      parameters: parameters.parameterCount, frozen: parameters.parameterCount - parameters.trainedCount)
    standardError(
      """
      \(count) parameters, \(manifest.count) clips, \(blueprint.tokensPerClip) tokens a clip, \
      \(Parallel.threads) threads, output: \(folder.path)

      """)
  }

  private func printResult(seconds: Double, badClips: Int) throws {
    let result: [String: Any] = [
      "step": state.step, "steps": recipe.training.steps, "seconds": seconds, "clips": clipsSeen,
      "badClips": badClips, "hash": state.hash, "output": folder.path,
      "peakBytes": Memory.statistics.peakBytes, "tensorBytes": Memory.statistics.systemBytes,
      "residentBytes": ProcessMemory.residentPeak,
      "systemAllocationsAfterThirdStep": Memory.statistics.systemAllocations - settledAllocations,
    ]
    let data = try JSONSerialization.data(
      withJSONObject: result, options: [.sortedKeys, .withoutEscapingSlashes])
    print(String(decoding: data, as: UTF8.self))
  }

  // MARK: What the trainer tells

  func finished(_ step: StepReport) {
    clipsSeen += step.clips
    stepsHere += 1
    if stepsHere == 3 { settledAllocations = Memory.statistics.systemAllocations }
    progress.show(step)
    remembering { try metrics.add(step, parameters: state.model.parameters.parameterCount) }
  }

  func validated(step: Int, losses: [(condition: String, loss: Double)]) {
    let words = losses.map { "\($0.condition): \(String(format: "%.4f", $0.loss))" }
    progress.say("step \(step): held-out loss  \(words.joined(separator: "  "))")
    remembering { try metrics.add(step: step, heldOut: losses) }
  }

  func samplesDue(step: Int, model: TextToVideoModel) {
    guard !recipe.samples.prompts.isEmpty else { return }
    let writer = SampleWriter(
      model, state.blueprint, steps: recipe.samples.steps, guidance: recipe.samples.guidance)
    remembering {
      try writer.writeSamples(to: folder.samples(step: step))
      _ = try RunReport(folder: folder.path).write()
    }
  }

  func saved(step: Int, path: String) { progress.say("step \(step): saved \(path)") }

  func warned(_ message: String) { progress.say(message) }

  /// An error in a notification ends the run at the next chance, with its state saved.
  private func remembering(_ work: () throws -> Void) {
    do { try work() } catch { failure = failure ?? error }
  }
}
