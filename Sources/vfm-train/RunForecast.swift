import Clips
import Commands
import Evaluation
import Foundation
import Manifests
import Recipes
import Training

/// What a run will cost: rehearsed, timed with a smaller model, and read from a few clips.
struct RunForecast {
  let plan: RunPlan
  let calibration: StepCalibration
  let memory: Memory
  let reading: Reading?

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

  /// How fast clips are read.
  struct Reading {
    /// Seconds that one thread takes for a clip.
    let secondsPerClip: Double
    /// Seconds between the steps that `data.workers` threads can feed.
    let secondsPerStep: Double
  }

  /// Takes about ten seconds.
  init(_ recipe: Recipe, _ manifest: Manifest) throws {
    let base = try Inputs.base(of: recipe.start)
    let blueprint = try Blueprint(recipe, manifest, base: base)
    let captions = manifest.captions(spread: 64)
    let heldOut = try Self.heldOutClips(recipe)
    plan = try RunPlan(blueprint, captions: captions, heldOutClips: heldOut.max() ?? 0) { subject in
      guard recipe.training.sampleEvery > 0, let samples = recipe.task.samples, !samples.prompts.isEmpty,
        let sampler = subject.sampler
      else { return }
      SampledClips(sampler, samples.settings).rehearse(samples.wishes, size: samples.size)
    }
    reading = Self.read(recipe, manifest, batch: plan.clipsPerStep)
    memory = Memory(
      process: ProcessMemory.resident, tensors: plan.tensorBytes,
      clips: Self.clipBytes(
        recipe, clips: manifest.count, heldOut: heldOut.reduce(0, +), batch: plan.clipsPerStep),
      checkpoint: plan.checkpointBytes)
    calibration = try StepCalibration(blueprint, captions: captions, runPeakBytes: plan.peakBytes)
  }

  /// How many clips of each held-out list a look takes in.
  private static func heldOutClips(_ recipe: Recipe) throws -> [Int] {
    guard recipe.training.validateEvery > 0 else { return [] }
    return [try recipe.data.validationManifest(), try recipe.evaluation.rememberedManifest()].compactMap {
      $0.map { min($0.count, recipe.training.validationClips) }
    }
  }

  /// Bytes of decoded clips. Clips of the first frames and the middle are the same in each epoch and are kept as long as
  /// there is room; the batches ahead share them.
  static func clipBytes(_ recipe: Recipe, clips: Int, heldOut: Int, batch: Int) -> Int {
    let data = recipe.data
    let one = data.clipShape.count
    let seen = min(clips, batch * (recipe.training.steps + data.prefetch))
    let kept = data.start == .first && data.crop == .centre ? min(seen * one, data.cacheMegabytes << 20) : 0
    let ahead = kept == seen * one ? 0 : batch * min(recipe.training.steps, data.prefetch + 1) * one
    return kept + ahead + heldOut * one
  }

  /// Reads clips for half a second, as training does; nil if that does not succeed, which training will say more of.
  private static func read(_ recipe: Recipe, _ manifest: Manifest, batch: Int) -> Reading? {
    guard let source = try? recipe.data.clipSource(manifest, .train) else { return nil }
    let loader = BatchLoader(
      manifest, shape: recipe.data.clipShape, batch: 1, seed: UInt64(recipe.seed),
      start: recipe.data.start, crop: recipe.data.crop, source: source, ahead: 1,
      cacheMegabytes: 0)
    defer { loader.stop() }
    let clock = ContinuousClock()
    let begun = clock.now
    var clips = 0
    repeat {
      guard (try? loader.batch(step: clips)) != nil else { return nil }
      clips += 1
    } while clips < 64 && clock.now - begun < .milliseconds(500)
    let seconds = (clock.now - begun) / .seconds(1) / Double(clips)
    return Reading(
      secondsPerClip: seconds, secondsPerStep: seconds * Double(batch) / Double(recipe.data.workers))
  }
}
