import Commands
import Foundation
import Manifests
import Recipes

/// Prints what a run will cost.
struct PlanPrinter {
  let forecast: RunForecast
  /// How often each clip is seen.
  let timesSeen: Double
  /// The number of parameters, in words.
  let parameters: String

  init(_ recipe: Recipe, _ manifest: Manifest) throws {
    forecast = try RunForecast(recipe, manifest)
    timesSeen =
      Double(forecast.plan.clipsPerStep) * Double(forecast.plan.steps) / Double(max(1, manifest.count))
    parameters = recipe.start.inWords(
      parameters: forecast.plan.parameters, frozen: forecast.plan.frozenParameters)
  }

  func print(json: Bool) throws {
    if json {
      let data = try JSONSerialization.data(
        withJSONObject: figures, options: [.sortedKeys, .prettyPrinted])
      return Swift.print(String(decoding: data, as: UTF8.self))
    }
    let (plan, time, memory) = (forecast.plan, forecast.calibration, forecast.memory)
    Swift.print(
      """
      parameters          \(parameters)
      tokens a clip       \(plan.tokensPerClip), and \(plan.tokensPerCaption) of text
      clips a step        \(plan.clipsPerStep)
      each clip is seen   \(times) in \(plan.steps) steps
      operations a step   \(String(format: "%.2f", Double(plan.operationsPerStep) / 1e9)) GFLOP in matrix products
      memory of tensors   \(plan.peakBytes) bytes (\(inWords(bytes: plan.peakBytes))) at the run's peak
      memory of process   about \(inWords(bytes: memory.total)) in RAM at most: \(inWords(bytes: memory.tensors)) for tensors, \(inWords(bytes: memory.clips)) decoded clips, \(inWords(bytes: memory.checkpoint)) a checkpoint while it is saved, \(inWords(bytes: memory.process)) all else
      checkpoint          \(inWords(bytes: plan.checkpointBytes)) on disk
      a step              \(seconds(time.secondsPerStep)) s (\(seconds(time.secondsLow)) to \(seconds(time.secondsHigh))), from \(time.rounds) rounds of steps with \(time.blocks == 1 ? "1 block" : "\(time.blocks) blocks") and \(time.clips == 1 ? "1 clip" : "\(time.clips) clips"), in \(inWords(seconds: time.calibrationSeconds))
      reading clips       \(reading)\(brake)
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
      "clipBytes": memory.clips, "processBytes": memory.process, "residentBytes": memory.total,
      "secondsPerStep": time.secondsPerStep, "secondsPerStepLow": time.secondsLow,
      "secondsPerStepHigh": time.secondsHigh,
      "expectedSeconds": time.secondsPerStep * Double(plan.steps),
      "calibrationRounds": time.rounds, "calibrationBlocks": time.blocks, "calibrationClips": time.clips,
      "calibrationSeconds": time.calibrationSeconds, "calibrationPeakBytes": time.peakBytes,
    ]
    if let reading = forecast.reading {
      figures["secondsPerClip"] = reading.secondsPerClip
      figures["readingSecondsPerStep"] = reading.secondsPerStep
    }
    return figures
  }

  private var times: String {
    timesSeen < 10 ? String(format: "%.1f times", timesSeen) : "\(Int(timesSeen.rounded())) times"
  }

  /// Said where clips come more slowly than steps need them.
  private var brake: String {
    guard let reading = forecast.reading, reading.secondsPerStep > forecast.calibration.secondsPerStep else {
      return ""
    }
    return
      ", more slowly than a step needs them; vfm-data pack decodes them once and for all (data.packed), more data.workers help where cores are free"
  }

  private var reading: String {
    guard let reading = forecast.reading else {
      return "not all of the clips tried can be read; see vfm-data check"
    }
    return
      "\(String(format: "%.1f", 1000 * reading.secondsPerClip)) ms a clip and thread: data.workers can feed a step every \(seconds(reading.secondsPerStep)) s"
  }

  private func seconds(_ seconds: Double) -> String {
    String(format: seconds < 0.1 ? "%.4f" : "%.3f", seconds)
  }
}
