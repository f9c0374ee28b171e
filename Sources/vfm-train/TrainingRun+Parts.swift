import Clips
import Commands
import Foundation
import Recipes
import Tasks
import Tensors
import Training

extension TrainingRun {
  /// What reads the clips, those left out that are known to give no sample; and the clips of each shape, if there are several.
  func makeLoader() throws -> (loader: BatchLoader, buckets: ClipBuckets?) {
    let data = recipe.data
    let seed = UInt64(recipe.seed)
    let (order, buckets) = try data.batchOrder(
      recipe.batchShapes, of: manifest, classes: try balancedClasses(), seed: seed, index: guardian)
    if let buckets { try take(buckets) }
    let loader = BatchLoader(
      manifest, order: order, share: BatchShare(units: state.ownUnits, of: state.units), seed: seed,
      startStep: state.loaderStep, start: data.start, crop: data.crop,
      source: try recipe.clipSource(manifest, .train), index: guardian, workers: data.workers,
      ahead: data.prefetch, cacheMegabytes: data.cacheMegabytes, badClipTolerance: data.badClipTolerance,
      quarantinePath: group.isFirst ? folder.quarantine : nil)
    let leftOut = try loader.leaveOutUnusable()
    if leftOut > 0 {
      standardError(
        "\(leftOut == 1 ? "1 clip is" : "\(leftOut) clips are") left out: by \(data.index ?? "their files") no sample can be made of \(leftOut == 1 ? "it" : "them")\n"
      )
    }
    return (loader, buckets)
  }

  /// Holds the clips of each shape against those that the run began with.
  private func take(_ buckets: ClipBuckets) throws {
    if let began = state.clipBuckets, began != buckets.digest {
      throw Failure(
        .unfitInput,
        "The clips of data.shapes are not those that the run in \(folder.path) began with, so it could not go on as if never "
          + "stopped: other clips can be read now, or the index tells otherwise how long and how large they are. Use the "
          + "data.index and the data.limits of then, or give another --output folder to begin anew.")
    }
    state.clipBuckets = buckets.digest
  }

  /// The class of each clip, if each class is to be shown as often as any other.
  private func balancedClasses() throws -> [Int]? {
    guard recipe.data.balance == .classes, let source = recipe.task.classSource else { return nil }
    return try ClassList(state.blueprint.facts).numbers(of: manifest, from: source)
  }

  /// What ends the run if it hangs.
  /// - Parameter limit: the seconds of `--hang-limit`.
  func makeWatchdog(limit: Double?, _ loader: BatchLoader) -> Watchdog {
    Watchdog(
      limit: limit, checkpointBytes: state.checkpointBytes, clipSeconds: recipe.data.limits.maxSeconds,
      loader: loader, group: group, path: folder.hang(rank: group.isFirst ? nil : group.rank))
  }

  /// Says what is trained, and what is good to know of it.
  func introduce(_ heldOut: HeldOutClips, _ buckets: ClipBuckets?) {
    let parameters = state.parameters
    let count = recipe.start.inWords(
      parameters: parameters.parameterCount, frozen: parameters.parameterCount - parameters.trainedCount)
    standardError(
      """
      \(count) parameters, \(manifest.count) clips, \(recipe.task.tokensPerClip) tokens a clip, \
      \(Parallel.threads) threads, output: \(folder.path)

      """)
    let steps = recipe.training.steps
    for (bucket, share) in zip(buckets?.buckets ?? [], buckets?.phases.shares(of: steps) ?? []) {
      let phase =
        ShapePhases.part(bucket.steps, of: steps).map { " (\(ShapePhases.inWords($0)))" } ?? ""
      standardError(
        "\(inWords(share: share)) of the steps\(phase): \(bucket.batch == 1 ? "1 clip" : "\(bucket.batch) clips") of "
          + "\(bucket.shape.name), from \(bucket.clips.count)\n")
    }
    let captions = recipe.task.captions
    let notes = [
      recipe.training.precisionNote,
      captions?.cut(manifest.indices.lazy.map { [manifest] in manifest.caption($0) }).note(),
      recipe.task.samples.flatMap { captions?.cut($0.prompts).note("samples.prompts") },
      heldOut.caution.map { "\($0): their loss says less of other clips; vfm-data check names them" },
    ]
    tellWhatIsLeftOut(manifest)
    for note in notes.compactMap(\.self) { standardError("note: \(note)\n") }
  }

  /// One hash of all that the run is. What other ranks hold is in the checkpoint.
  private var hash: String {
    get throws {
      guard group.count > 1 else { return state.hash }
      let newest = try checkpoints.newest { $0.step == state.step ? try RunState.hash($0.checkpoint) : "" }
      return newest ?? ""
    }
  }

  /// The run's result as one JSON object.
  func printFigures(seconds: Double, badClips: Int) throws {
    var result: [String: Any] = [
      "step": state.step, "steps": recipe.training.steps, "seconds": seconds, "clips": clipsSeen,
      "badClips": badClips, "hash": try hash, "output": folder.path, "ranks": group.count,
      "peakBytes": Memory.statistics.peakBytes, "tensorBytes": Memory.statistics.systemBytes,
      "residentBytes": ProcessMemory.residentPeak,
      "systemAllocationsAfterThirdStep": Memory.statistics.systemAllocations - settledAllocations,
    ]
    if let best = state.best {
      result["bestStep"] = best.step
      result["bestHeldOutLoss"] = best.loss
    }
    let data = try JSONSerialization.data(
      withJSONObject: result, options: [.sortedKeys, .withoutEscapingSlashes])
    try printResult(String(decoding: data, as: UTF8.self))
  }
}
