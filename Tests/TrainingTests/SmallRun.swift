import Checkpoints
import Clips
import Foundation
import Manifests
import Recipes
import SyntheticClips
import Tasks
import Tensors

@testable import Training

/// A folder that goes with the test.
final class TemporaryFolder {
  let path = NSTemporaryDirectory() + "vfm-training-" + UUID().uuidString
  init() throws { try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true) }
  deinit { try? FileManager.default.removeItem(atPath: path) }
}

/// A run on twenty rendered clips, small enough for a step in milliseconds.
struct SmallRun {
  let recipe: Recipe
  let manifest: Manifest
  let blueprint: Blueprint

  init(in folder: TemporaryFolder, steps: Int = 20, _ overrides: String...) throws {
    try self.init(in: folder, steps: steps, overrides)
  }

  /// The sections of a text-to-video model.
  static let textToVideo = """
    "textEncoder": {"width": 16, "depth": 1, "heads": 2, "feedForward": 24},
    "model": {"width": 24, "depth": 2, "heads": 2, "patch": [2, 8, 8], "frequencyWidth": 16, "pooledText": true},
    "objective": {"prediction": "x0"}
    """

  /// - Parameter kind: the sections of the kind of task.
  init(
    in folder: TemporaryFolder, steps: Int, kind: String = SmallRun.textToVideo, _ overrides: [String]
  ) throws {
    try SyntheticSet.write(
      to: folder.path + "/set", SyntheticSettings(clips: 20, seed: 3, width: 16, height: 16, frames: 4))
    let text = """
      {"version": 2, "seed": 5,
       "data": {"train": "\(folder.path)/set/train.jsonl", "frames": 4, "height": 16, "width": 16, "frameRate": 8,
         "crop": "random"},
       \(kind),
       "optimizer": {"learningRate": 0.01, "warmupSteps": 4},
       "training": {"steps": \(steps), "batchSize": 3, "gradientAccumulation": 2, "checkpointEvery": 100}}
      """
    recipe = try Recipe.parse(text, name: "small", overrides: overrides)
    manifest = try Manifest.load(recipe.data.train)
    blueprint = try Blueprint(recipe, manifest)
  }

  /// What is said of a recipe that is refused; empty if it is not.
  static func complaint(in folder: TemporaryFolder, kind: String, _ overrides: [String]) -> String {
    do {
      _ = try SmallRun(in: folder, steps: 1, kind: kind, overrides)
      return ""
    } catch { return "\(error)" }
  }

  func loader(from step: Int, workers: Int = 1) -> BatchLoader {
    loader(for: blueprint, from: step, workers: workers)
  }

  /// Clips of this run's set for a run of another blueprint.
  func loader(for blueprint: Blueprint, from step: Int, workers: Int = 1) -> BatchLoader {
    BatchLoader(
      manifest, shape: blueprint.clipShape, batch: blueprint.recipe.training.clipsPerStep,
      seed: UInt64(blueprint.recipe.seed), startStep: step, crop: .random, workers: workers)
  }

  /// Trains from a state on.
  @discardableResult
  func train(
    _ state: RunState, checkpoints: String, observer: Witness = Witness(), workers: Int = 1,
    stopAfter: Int? = nil, shouldStop: @escaping () -> Bool = { false }
  ) throws -> Trainer.Outcome {
    try Trainer(
      state, loader: loader(from: state.loaderStep, workers: workers),
      folder: CheckpointFolder(checkpoints), observer: observer
    ).run(stopAfter: stopAfter, shouldStop: shouldStop)
  }
}

/// Remembers what a run tells.
final class Witness: TrainingObserver {
  var steps: [StepReport] = []
  var warnings: [String] = []
  var saved: [Int] = []
  var sampled: [Int] = []
  func finished(_ step: StepReport) { steps.append(step) }
  var looks: [HeldOutReport] = []
  func validated(_ report: HeldOutReport) { looks.append(report) }
  func samplesDue(step: Int, subject: Subject, goesOn: () -> Bool) { if goesOn() { sampled.append(step) } }
  /// Whether it says so.
  var hasSamples = true
  func hasSamples(step: Int) -> Bool { hasSamples || sampled.contains(step) }
  var returns: [Int] = []
  func wentBack(to step: Int, from failed: Int) { returns.append(step) }
  func saved(step: Int, path: String, seconds: Double) { saved.append(step) }
  func warned(_ message: String) { warnings.append(message) }
}
