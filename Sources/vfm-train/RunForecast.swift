import Clips
import Commands
import DataParallel
import Evaluation
import Foundation
import Manifests
import Ranks
import Recipes
import Tokens
import Training

/// What a run will cost: rehearsed, timed with a smaller model, and read from a few clips.
struct RunForecast {
  let plan: RunPlan
  let calibration: StepCalibration
  /// The calibration of each shape's steps.
  let calibrationByShape: [StepCalibration]
  /// Clips of a step, in the mean of all.
  let clipsPerStep: Double
  let memory: Memory
  let reading: Reading
  /// Captions that are cut; nil for tasks without captions.
  let cut: CutCaptions?
  /// What manifests leave out, in sentences.
  let left: [String]
  /// How many held-out clips the run trains on, too.
  let trainedOn: Int
  /// What the run writes.
  let space: RunSpace

  /// Bytes that the process will have in RAM at its peak, by what holds them.
  struct Memory: Encodable {
    /// The program and its libraries, the manifest, the vocabulary, and what decoding a clip takes.
    let process: Int
    /// The tensors, and what the pool keeps for them.
    let tensors: Int
    /// Decoded clips: batches made ahead, those kept for later epochs, and the held-out ones.
    let clips: Int
    /// The file of a checkpoint while it is saved.
    let checkpoint: Int
    var total: Int { process + tensors + clips + checkpoint }
  }

  /// What reading some clips told.
  struct Reading {
    let trial: ClipTrial
    /// Seconds between the steps that `data.workers` threads can feed; nil when none of the clips can be read.
    let secondsPerStep: Double?
  }

  /// Takes about ten seconds.
  /// - Parameter group: the ranks of the run; what is told is of the first one.
  init(_ recipe: Recipe, _ manifest: Manifest, _ group: RankGroup) throws {
    let base = try Inputs.base(of: recipe.start, isolate: recipe.data.limits.isolate)
    let blueprint = try Blueprint(recipe, manifest, base: base)
    let captions = manifest.captions(spread: 64)
    cut = recipe.task.captions?.cut(manifest.indices.lazy.map { manifest.caption($0) })
    let validation = recipe.training.validateEvery > 0 ? try recipe.data.validationManifest() : nil
    left = manifest.notes + (validation?.notes ?? [])
    let subject = try blueprint.makeSubject()
    let spread = subject.measuresClasses
    let latentShape = recipe.data.latents == nil ? nil : subject.latentShape
    trainedOn =
      validation.map { list in
        let most = recipe.training.validationClips
        return manifest.shared(
          with: spread ? list.places(spread: most).map { list[$0] } : Array(list.prefix(most))
        ).count
      } ?? 0
    let heldOut = try Self.heldOutClips(recipe)
    let index = try recipe.data.indexGuard(recipe.data.clipIndex(), manifest)
    let (order, buckets) = try recipe.data.batchOrder(
      recipe.batchShapes, of: manifest, seed: UInt64(recipe.seed), index: index)
    let shares = buckets?.phases.shares(of: recipe.training.steps)
    plan = try RunPlan(
      blueprint, captions: captions, heldOutClips: heldOut.max() ?? 0, shares: shares,
      among: group
    ) { subject in
      guard recipe.training.sampleEvery > 0, let samples = recipe.task.samples, !samples.prompts.isEmpty,
        let sampler = subject.sampler
      else { return }
      SampledClips(sampler, samples.settings).rehearse(samples.wishes, size: samples.size)
    }
    let units = StepUnits(recipe.training.gradientAccumulation, ranks: group.count)
    space = RunSpace(recipe, checkpoint: plan.checkpointBytes)
    clipsPerStep = plan.shapes.reduce(0) { $0 + $1.batch.share * Double($1.batch.clips) }
    let share = Double(units.mostOfOneRank) / Double(units.count)
    reading = try Self.read(recipe, manifest, order, index, batch: clipsPerStep * share)
    memory = Memory(
      process: ProcessMemory.resident, tensors: plan.tensorBytes,
      clips: Self.clipBytes(
        recipe, plan.shapes.map(\.batch), clips: buckets?.buckets.map(\.clips.count) ?? [manifest.count],
        heldOut: heldOut.reduce(0, +), latents: latentShape,
        share: share),
      checkpoint: plan.checkpointBytes)
    (calibration, calibrationByShape) = try StepCalibration.mean(
      blueprint, plan.shapes.map(\.batch), captions: captions, runPeakBytes: plan.peakBytes,
      passes: units.mostOfOneRank)
  }

  /// How many clips of each held-out list a look takes in.
  private static func heldOutClips(_ recipe: Recipe) throws -> [Int] {
    guard recipe.training.validateEvery > 0 else { return [] }
    return [
      try recipe.data.validationManifest(),
      try recipe.evaluation.rememberedManifest(recipe.data),
    ].compactMap {
      $0.map { min($0.count, recipe.training.validationClips) }
    }
  }

  /// Bytes of decoded clips. Clips of the first frames and the middle are the same in each epoch and are kept as long as
  /// there is room; the batches ahead share them.
  /// - Parameters:
  ///   - clips: how many each shape has.
  ///   - share: the share of a step's clips that the process reads.
  ///   - latents: the shape of a clip's latents, if they are read in place of pixels; they are not kept.
  static func clipBytes(
    _ recipe: Recipe, _ shapes: [BatchShape], clips: [Int], heldOut: Int,
    latents: ((ClipShape) -> [Int])? = nil, share: Double = 1
  ) -> Int {
    let data = recipe.data
    if let latents {
      let bytes = latents(data.clipShape).reduce(MemoryLayout<Float>.size, *)
      let clips = Int(Double(shapes[0].clips) * share)
      return bytes * (clips * min(recipe.training.steps, data.prefetch + 1) + heldOut)
    }
    let seen = zip(shapes, clips).reduce(0) { bytes, part in
      let (shape, clips) = part
      let steps = Double(recipe.training.steps + data.prefetch) * shape.share
      return bytes + min(clips, shape.clips * Int(steps.rounded(.up))) * shape.shape.count
    }
    let kept = data.start == .first && data.crop == .centre ? min(seen, data.cacheMegabytes << 20) : 0
    let largest = shapes.map { Int(Double($0.clips) * share) * $0.shape.count }.max()!
    let ahead = kept == seen ? 0 : largest * min(recipe.training.steps, data.prefetch + 1)
    return kept + ahead + heldOut * data.clipShape.count
  }

  /// Reads clips for two seconds, as training does, and counts those that give no sample as training does.
  private static func read(
    _ recipe: Recipe, _ manifest: Manifest, _ order: BatchOrder, _ index: IndexGuard?, batch: Double
  ) throws -> Reading {
    let data = recipe.data
    let trial = try ClipTrial(
      manifest, order: order, seed: UInt64(recipe.seed), start: data.start, crop: data.crop,
      source: try recipe.clipSource(manifest, .train), index: index,
      tolerance: BadClipTolerance(share: data.badClipTolerance), steps: recipe.training.steps,
      for: .seconds(2))
    return Reading(
      trial: trial, secondsPerStep: trial.secondsPerClip.map { $0 * batch / Double(data.workers) })
  }
}
