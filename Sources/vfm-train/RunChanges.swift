import Commands
import Fields
import Recipes

/// What a recipe says otherwise than the one that a run began with.
struct RunChanges {
  /// Keys that a run may change when it goes on without anybody being told: none of them changes what is learned.
  private static let free: Set<String> = [
    "$schema", "notes", "data.workers", "data.prefetch", "data.cacheMegabytes", "data.badClipTolerance",
    "data.validation", "data.root", "data.index", "data.verify", "data.packed", "data.limits", "curation",
    "training.checkpointEvery", "training.keepCheckpoints", "training.sampleEvery",
    "training.validateEvery", "training.validationClips", "training.logEvery",
    "training.activationCheckpointing", "samples", "evaluation",
  ]

  /// Keys that a run may change: what was learned so far stays, and what is to come differs. The clips that `data.train`
  /// names are compared one by one elsewhere, so that they may have moved; so are the autoencoder's weights.
  private static let told: Set<String> = [
    "training.steps", "training.computePrecision", "training.reduction", "training.reductionPrecision",
    "optimizer.learningRate", "optimizer.finalLearningRate",
    "optimizer.warmupSteps",
    "optimizer.schedule", "optimizer.spikeFactor", "optimizer.muon.learningRate", "start.learningRates",
    "start.layerDecay", "data.train", "data.latents", "task.autoencoder",
  ]

  /// A base may lie elsewhere: its weights are compared. A run without one cannot get one.
  private static let base = "start.from"

  /// Both together must keep the clips of a step.
  private static let batch: Set<String> = ["training.batchSize", "training.gradientAccumulation"]

  /// What differs, a sentence a key, of that which may.
  let allowed: [String]

  /// - Throws: `Failure` when something differs that may not.
  init(from old: Recipe, to new: Recipe, in folder: String) throws {
    let keepsBatch =
      old.training.clipsPerStep == new.training.clipsPerStep
      && old.batchShapes.map(\.clips) == new.batchShapes.map(\.clips)
    let keepsBase = (old.start.from == nil) == (new.start.from == nil)
    // Sizes of adapters and Muon's rates mean nothing to a run without them, nor do other defaults of a newer version.
    var unused: Set<String> = old.start.method == .lora || new.start.method == .lora ? [] : ["start.lora"]
    if old.optimizer.kind != .muon && new.optimizer.kind != .muon { unused.insert("optimizer.muon") }
    let ignored = Self.free.union(Self.told).union(unused).union(keepsBatch ? Self.batch : []).union(
      keepsBase ? [Self.base] : [])
    let refused = new.differences(from: old, ignoring: ignored)
    guard refused.isEmpty else {
      let hint =
        keepsBatch
        ? ""
        : "\ntraining.batchSize × training.gradientAccumulation must stay \(old.training.clipsPerStep) clips a step, "
          + "and with data.shapes those of each shape what they were."
      throw Failure(
        .unfitInput,
        "\(folder) holds a run of another recipe:\n  " + refused.joined(separator: "\n  ") + hint
          + "\nGive another --output folder, or the recipe that the run began with.")
    }
    allowed = new.differences(from: old, ignoring: Self.free.union(unused))
  }

  /// Says what differs.
  func tell() {
    for change in allowed { standardError("note: changed for the rest of the run: \(change)\n") }
  }
}
