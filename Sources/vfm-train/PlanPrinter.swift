import Clips
import Commands
import Foundation
import Manifests
import Ranks
import Recipes

/// Prints what a run will cost.
struct PlanPrinter {
  let forecast: RunForecast
  /// How often each clip is seen.
  let timesSeen: Double
  /// The number of parameters, in words.
  let parameters: String

  private let clips: Int
  private let tolerance: BadClipTolerance

  private let precisionNote: String?
  private let group: RankGroup

  /// - Parameter group: the ranks of the run.
  init(_ recipe: Recipe, _ manifest: Manifest, _ group: RankGroup) throws {
    self.group = group
    clips = manifest.count
    tolerance = BadClipTolerance(share: recipe.data.badClipTolerance)
    forecast = try RunForecast(recipe, manifest, group)
    timesSeen =
      forecast.clipsPerStep * Double(forecast.plan.steps) / Double(max(1, manifest.count))
    precisionNote = recipe.training.precisionNote
    parameters =
      recipe.start.inWords(
        parameters: forecast.plan.parameters, frozen: forecast.plan.frozenParameters)
      + (recipe.training.computePrecision.ofProducts == .bfloat16 ? ", products of bfloat16" : "")
  }

  /// Prints the plan.
  /// - Throws: `BadClipsError` when the run would stop for its clips.
  func print(json: Bool) throws {
    try printFigures(json: json)
    for note in notes { standardError("note: \(note)\n") }
    if let obstacle = forecast.reading.trial.obstacle { throw obstacle }
  }

  private func printFigures(json: Bool) throws {
    if json {
      let data = try JSONSerialization.data(
        withJSONObject: figures, options: [.sortedKeys, .prettyPrinted])
      return try printResult(String(decoding: data, as: UTF8.self))
    }
    let (plan, time, memory) = (forecast.plan, forecast.calibration, forecast.memory)
    try printResult(
      """
      parameters          \(parameters)
      tokens a clip       \(plan.tokensPerClip)\(plan.tokensPerCaption == 0 ? "" : ", and \(plan.tokensPerCaption) of text")
      clips a step        \(plan.clipsPerStep)\(shapes)\(ranks)
      each clip is seen   \(times) in \(plan.steps) steps
      operations a step   \(String(format: "%.2f", Double(plan.operationsPerStep) / 1e9)) GFLOP in matrix products
      memory of tensors   \(plan.peakBytes) bytes (\(inWords(bytes: plan.peakBytes))) at the run's peak
      memory of process   about \(inWords(bytes: memory.total)) in RAM at most: \(inWords(bytes: memory.tensors)) for tensors, \(inWords(bytes: memory.clips)) decoded clips, \(inWords(bytes: memory.checkpoint)) a checkpoint while it is saved, \(inWords(bytes: memory.process)) all else
      checkpoint          \(inWords(bytes: plan.checkpointBytes)) on disk
      room on the disk    \(inWords(bytes: forecast.space.total)): at most \(forecast.space.checkpoints) checkpoints at once, about \(inWords(bytes: forecast.space.sampleBytes)) of samples, \(inWords(bytes: forecast.space.logBytes)) of log
      a step              \(seconds(time.secondsPerStep)) s (\(seconds(time.secondsLow)) to \(seconds(time.secondsHigh))), from \(time.rounds) rounds of steps with \(time.blocks == 1 ? "1 block" : "\(time.blocks) blocks") and \(time.clips == 1 ? "1 clip" : "\(time.clips) clips"), in \(inWords(seconds: time.calibrationSeconds))
      reading clips       \(reading)\(brake)
      clips tried         \(tried)
      expected time       \(inWords(seconds: time.secondsPerStep * Double(plan.steps))) for \(plan.steps) steps, if clips come fast enough
      """)
  }

  /// Every figure, as numbers.
  private var figures: [String: Any] {
    let (plan, time, memory) = (forecast.plan, forecast.calibration, forecast.memory)
    var figures: [String: Any] = [
      "parameters": plan.parameters, "frozenParameters": plan.frozenParameters,
      "tokensPerClip": plan.tokensPerClip, "timesEachClipIsSeen": timesSeen,
      "tokensPerCaption": plan.tokensPerCaption, "clipsPerStep": plan.clipsPerStep,
      "operationsPerStep": plan.operationsPerStep, "steps": plan.steps,
      "peakBytes": plan.peakBytes, "tensorBytes": plan.tensorBytes, "checkpointBytes": plan.checkpointBytes,
      "diskBytes": forecast.space.total, "checkpointsAtOnce": forecast.space.checkpoints,
      "clipBytes": memory.clips, "processBytes": memory.process, "residentBytes": memory.total,
      "secondsPerStep": time.secondsPerStep, "secondsPerStepLow": time.secondsLow,
      "secondsPerStepHigh": time.secondsHigh,
      "expectedSeconds": time.secondsPerStep * Double(plan.steps),
      "calibrationRounds": time.rounds, "calibrationBlocks": time.blocks, "calibrationClips": time.clips,
      "calibrationSeconds": time.calibrationSeconds, "ranks": group.count,
      "calibrationPeakBytes": time.peakBytes,
    ]
    let reading = forecast.reading
    if let seconds = reading.trial.secondsPerClip { figures["secondsPerClip"] = seconds }
    if let seconds = reading.secondsPerStep { figures["readingSecondsPerStep"] = seconds }
    if plan.shapes.count > 1 { figures["shapes"] = shapeFigures }
    figures["clipsTried"] = reading.trial.tried
    figures["badClips"] = reading.trial.bad
    figures["cutCaptions"] = forecast.cut?.longer ?? 0
    figures["heldOutTrainedOn"] = forecast.trainedOn
    return figures
  }

  /// The steps of each shape, where there are several, a line each.
  private var shapes: String {
    let plan = forecast.plan
    guard plan.shapes.count > 1 else { return "" }
    return " in the mean of all shapes"
      + zip(plan.shapes, forecast.calibrationByShape).map { shape, time in
        let batch = shape.batch
        let name = batch.shape.name.padding(
          toLength: max(18, batch.shape.name.count), withPad: " ", startingAt: 0)
        return "\n  \(name)\(inWords(share: batch.share)) of the steps\(phase(batch)): "
          + "\(batch.tokens) tokens a clip, "
          + "\(batch.clips == 1 ? "1 clip" : "\(batch.clips) clips") a step, "
          + String(format: "%.2f", Double(shape.operations) / 1e9)
          + " GFLOP, \(inWords(bytes: shape.peakBytes)) at its peak, \(seconds(time.secondsPerStep)) s"
      }.joined()
  }

  /// Which steps those of a shape are, where they are not all over the run.
  private func phase(_ batch: BatchShape) -> String {
    ShapePhases.part(batch.steps, of: forecast.plan.steps).map { " (\(ShapePhases.inWords($0)))" } ?? ""
  }

  private var shapeFigures: [[String: Any]] {
    zip(forecast.plan.shapes, forecast.calibrationByShape).map { shape, time in
      var figures: [String: Any] = [
        "shape": shape.batch.shape.name, "share": shape.batch.share, "tokensPerClip": shape.batch.tokens,
        "clipsPerStep": shape.batch.clips, "operationsPerStep": shape.operations,
        "peakBytes": shape.peakBytes, "secondsPerStep": time.secondsPerStep,
      ]
      if let part = ShapePhases.part(shape.batch.steps, of: forecast.plan.steps) {
        figures["from"] = part.lowerBound
        figures["until"] = part.upperBound
      }
      return figures
    }
  }

  /// Said where there are several ranks.
  private var ranks: String {
    guard group.count > 1 else { return "" }
    return
      "\nranks               \(group.count); memory, operations and seconds are of one of them, without what they send each other"
  }

  private var times: String {
    timesSeen < 10 ? String(format: "%.1f times", timesSeen) : "\(Int(timesSeen.rounded())) times"
  }

  /// Said where clips come more slowly than steps need them.
  private var brake: String {
    guard let seconds = forecast.reading.secondsPerStep, seconds > forecast.calibration.secondsPerStep else {
      return ""
    }
    return
      ", more slowly than a step needs them; vfm-data pack decodes them once and for all (data.packed), more data.workers help where cores are free"
  }

  private var reading: String {
    guard let clip = forecast.reading.trial.secondsPerClip, let step = forecast.reading.secondsPerStep else {
      return "no clip that was tried gives a sample"
    }
    return
      "\(String(format: "%.1f", 1000 * clip)) ms a clip and thread: data.workers can feed a step every \(seconds(step)) s"
  }

  private var tried: String {
    let trial = forecast.reading.trial
    let tolerated = tolerance.allowed(of: clips)
    let bad =
      trial.bad == 0
      ? ": each gives a sample"
      : "; by them and data.index \(trial.bad) of all \(trial.bad == 1 ? "gives" : "give") no sample, \(tolerated) \(tolerated == 1 ? "is" : "are") tolerated (data.badClipTolerance):"
        + trial.firstBad.map { "\n                      \($0)" }.joined()
    return "\(trial.tried) of \(clips)\(bad)"
  }

  /// What is not wrong, but good to know before so much time is spent.
  private var notes: [String] {
    let shared =
      forecast.trainedOn > 0
      ? "\(forecast.trainedOn) of the held-out clips that are looked at \(forecast.trainedOn == 1 ? "is" : "are") trained on, too; vfm-data check names them"
      : nil
    return forecast.left + [precisionNote, forecast.cut?.note(), shared].compactMap(\.self)
  }

  private func seconds(_ seconds: Double) -> String {
    String(format: seconds < 0.1 ? "%.4f" : "%.3f", seconds)
  }
}
