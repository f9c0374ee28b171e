import ArgumentParser
import Checkpoints
import ClipIndexing
import Clips
import Commands
import Evaluation
import Files
import Foundation
import Manifests
import Ranks
import Recipes
import Report
import Tasks
import Tensors
import Training

/// One run of training: its folder, its state, and what is told of it.
final class TrainingRun: TrainingObserver {
  let recipe: Recipe
  let manifest: Manifest
  let folder: RunFolder
  let guardian: IndexGuard?
  /// The ranks of the run. All of them train; the first one alone says what happens and writes all but checkpoints.
  let group: RankGroup
  /// Held by the first rank.
  let lock: RunLock?
  let checkpoints: CheckpointFolder
  let state: RunState
  /// Where the base lies, as long as it is there.
  private var base: String?
  let metrics: MetricsLog?
  let progress: ProgressLine
  var clipsSeen = 0
  /// How often the pool had taken memory from the system when the third step of this process was done, or the third of the
  /// last shape that came so often.
  var settledAllocations = 0
  private var stepsByShape: [ClipShape?: Int] = [:]
  private var failure: (any Error)?
  private var isLogLost = false
  private var limit: TimeLimit?
  private var watchdog: Watchdog?

  /// Plans or trains what a recipe says.
  /// - Parameter name: of the run's folder in `Checkpoints`, unless the options say otherwise.
  static func run(_ recipe: Recipe, _ options: RunOptions, name: String, _ group: RankGroup) throws {
    let limit = options.maxTime.map(TimeLimit.init)
    let manifest = try group.together {
      try recipe.data.limits.requireIsolation()
      return try recipe.data.trainManifest()
    }
    try SameRun(recipe, manifest, options).require(group)
    if options.plan {
      // The last rank has as many batches as any.
      let count = options.ranks ?? group.count
      let ranks = RankGroup.pretended(rank: count - 1, count: count)
      try group.together { try RankedRun.requireUnits(recipe, ranks) }
      return try group.together {
        if group.isFirst { try PlanPrinter(recipe, manifest, ranks).print(json: options.json) }
      }
    }
    try group.together { try RankedRun.requireUnits(recipe, group) }
    let folder = RunFolder(options.output ?? "Checkpoints/\(name)")
    try TrainingRun(recipe, manifest, folder: folder, limit, group)
      .start(
        stopAfter: options.stopAfter, goOnWith: options.commandToGoOn, json: options.json,
        hangLimit: options.hangLimit?.seconds)
  }

  /// Takes hold of the folder and finds out where to begin.
  init(
    _ recipe: Recipe, _ manifest: Manifest, folder: RunFolder, _ limit: TimeLimit?, _ group: RankGroup
  ) throws {
    self.recipe = recipe
    self.limit = limit
    self.manifest = manifest
    self.folder = folder
    self.group = group
    let lock = try group.together { group.isFirst ? try RunLock(folder.path) : nil }
    self.lock = lock
    try SharedFolder.require(folder.path, group)
    checkpoints = CheckpointFolder(folder.checkpoints, lock: lock)
    let index = try group.together { try recipe.data.clipIndex() }
    guardian = try group.together { try recipe.data.indexGuard(index, manifest) }
    let beginning = RunBeginning(
      recipe: recipe, manifest: manifest,
      clips: RunClips(
        manifest: manifest, index: index, labels: recipe.task.classSource, path: folder.clips,
        run: folder.path, writes: group.isFirst), group: group)
    let start = try beginning.start(in: checkpoints)
    (state, base) = (start.state, start.base)
    progress = ProgressLine(logEvery: recipe.training.logEvery)
    metrics = try Self.prepare(folder, checkpoints, start, recipe)
  }

  /// Trains until the end, a stop, or an error.
  func start(stopAfter: Int?, goOnWith command: String, json: Bool, hangLimit: Double?) throws {
    let clock = ContinuousClock()
    let begun = clock.now
    try group.together { try requireStepsToDo(until: stopAfter) }
    let heldOut = try group.together {
      try HeldOutClips(recipe, training: manifest, spread: state.subject.measuresClasses)
    }
    let (loader, buckets) = try group.together { try makeLoader() }
    try SameRun.require("list of held-out clips that can be read", heldOut.clips?.entries.listHash, group)
    try SameRun.require(
      "list of the base's held-out clips that can be read", heldOut.remembered?.entries.listHash, group)
    try SameRun.require("list of the clips of each shape", buckets?.digest, group)
    defer { loader.stop() }
    let stop = StopRequest(
      onFirst: group.isFirst ? "stopping after this step (again to end at once, without saving) …" : nil)
    introduce(heldOut, buckets)
    let trainer = Trainer(
      state, loader: loader, heldOut: heldOut, folder: checkpoints,
      bestFolder: recipe.evaluation.keepBest ? CheckpointFolder(folder.best, lock: lock) : nil, observer: self
    )
    watchdog = makeWatchdog(limit: hangLimit, loader)
    defer { watchdog?.stop() }
    let outcome = try reportingAnyEnd {
      let outcome = try trainer.run(
        stopAfter: stopAfter,
        shouldStop: {
          self.watchdog?.notePass()
          return stop.isMade || self.failure != nil || self.isTimeOver
        })
      try group.together { if let failure { throw failure } }
      return outcome
    }
    progress.close()
    try group.together {
      if group.isFirst { try tellEnd(loader, seconds: (clock.now - begun) / .seconds(1), json: json) }
    }
    if case .stopped = outcome {
      if isTimeOver { standardError("stopped before the time of --max-time is over\n") }
      let again = group.count > 1 ? "again, with mpirun or srun and any number of ranks" : "again"
      standardError("to go on, run the same command \(again): \(command)\n")
      throw ExitCode(ExitStatus.stopped.rawValue)
    }
  }

  /// Writes the report and says how far the run has come.
  private func tellEnd(_ loader: BatchLoader, seconds: Double, json: Bool) throws {
    if loader.badClips > 0 {
      let clips = loader.badClips == 1 ? "1 clip" : "\(loader.badClips) clips"
      standardError("\(clips) gave no sample: see \(folder.quarantine)\n")
    }
    let report = try RunReport(folder: folder.path)
    if let summary = report.finetuning { standardError("\n\(summary.text(in: folder.path))\n") }
    let page = try report.write()
    standardError(
      "\(state.step) of \(recipe.training.steps) steps done, \(clipsSeen) clips in \(inWords(seconds: seconds)); report: \(page)\n"
    )
    if json { try printFigures(seconds: seconds, badClips: loader.badClips) }
  }

  /// Whatever ends the run, its report tells of all that came before.
  private func reportingAnyEnd<Result>(_ work: () throws -> Result) throws -> Result {
    do {
      return try work()
    } catch {
      progress.close()
      if group.isFirst { _ = try? RunReport(folder: folder.path).write() }
      throw error
    }
  }

  private var isTimeOver: Bool { limit?.isNear ?? false }

  // MARK: What the trainer tells

  func finished(_ step: StepReport) {
    clipsSeen += step.clips
    stepsByShape[step.shape, default: 0] += 1
    if stepsByShape[step.shape]! <= 3 { settledAllocations = Memory.statistics.systemAllocations }
    limit?.note(step: step.seconds)
    watchdog?.note("step \(step.step) was done", step: step.seconds)
    progress.show(step)
    if group.isFirst { noteLostLog(step.step) }
    remembering { try metrics?.add(step, parameters: state.parameters.parameterCount) }
  }

  /// Says in the run's folder, once, that nothing more is said elsewhere: a log on a full disk or a terminal that is gone
  /// is no reason to end.
  private func noteLostLog(_ step: Int) {
    guard !isLogLost, let trouble = standardErrorTrouble else { return }
    isLogLost = true
    let line = "standard error could not be written at step \(step): \(trouble); training goes on\n"
    try? WholeFile.replace(folder.lostLog, with: Array(line.utf8))
  }

  func validated(_ report: HeldOutReport) {
    watchdog?.note("held-out clips were looked at after step \(report.step)")
    for (evaluations, clips) in [(report.heldOut, ""), (report.remembered, " of the base's clips")] {
      for evaluation in evaluations {
        var figures = evaluation.figures
        if evaluation.scale == .shares, let loss = evaluation.loss {
          figures.append(Evaluation.Figure(evaluation.lossName, loss))
        }
        let words = figures.map { "\($0.name): \(String(format: "%.4f", $0.value))" }
        progress.say(
          "step \(report.step): \(evaluation.title)\(clips)  \(words.joined(separator: "  "))")
      }
    }
    if let caution = report.caution { progress.say("step \(report.step): \(caution)") }
    if group.isFirst { remembering { try metrics?.add(report, changes: changesFromBase()) } }
  }

  /// How far the weights are from the base's. It is read anew each time, so that it is in memory no longer than a checkpoint
  /// that is saved; what others do to its file ends the comparison, not the run.
  private func changesFromBase() -> [WeightChange] {
    guard let path = base else { return [] }
    do {
      let loaded = try LoadedBase(CheckpointFile.read(path, isolate: recipe.data.limits.isolate))
      if loaded.weightsHash == state.blueprint.base?.weightsHash {
        return try WeightChange.measure(state.parameters, base: loaded.weights)
      }
      progress.say(
        "note: \(path) holds other weights by now: how far the run's have moved is measured no more")
    } catch {
      progress.say("note: how far the weights have moved is measured no more: \(error)")
    }
    base = nil
    return []
  }

  func wentBack(to step: Int, from failed: Int) {
    guard group.isFirst else { return }
    for later in folder.sampleSteps where later > step {
      try? FileManager.default.removeItem(atPath: folder.samples(step: later))
    }
    remembering {
      try metrics?.goBack(to: step)
      try metrics?.add(step: step, changed: ["the run went back here from step \(failed)"])
    }
  }

  func saved(step: Int, path: String, seconds: Double) {
    limit?.note(save: seconds)
    watchdog?.note("step \(step) was saved")
    progress.say("step \(step): saved \(path)")
  }

  func warned(_ message: String) { progress.say(message) }

  /// An error in a notification ends the run at the next chance, with its state saved.
  func remembering(_ work: () throws -> Void) {
    do { try work() } catch { failure = failure ?? error }
  }
}
