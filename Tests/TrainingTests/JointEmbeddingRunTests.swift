import Checkpoints
import Clips
import Evaluation
import Recipes
import Tensors
import Testing

@testable import Training

/// Joint-embedding prediction goes the whole way of a run.
struct JointEmbeddingRunTests {
  static let kind = """
    "task": {"kind": "jointEmbedding"},
    "model": {"width": 24, "depth": 2, "heads": 2, "patch": [2, 4, 4]},
    "predictor": {"width": 12, "depth": 1, "heads": 2},
    "objective": {"blocks": [3, 1], "areas": [0.15, 0.5]}
    """

  private func run(_ folder: TemporaryFolder, steps: Int, _ more: String...) throws -> SmallRun {
    try SmallRun(in: folder, steps: steps, kind: Self.kind, ["training.validateEvery=3"] + more)
  }

  private func heldOut(_ run: SmallRun) throws -> HeldOutClips {
    HeldOutClips(
      clips: try ClipReader(run.manifest, shape: run.blueprint.clipShape, limit: 8, source: .files(.init())))
  }

  @Test(arguments: [false, true])
  func aRunLearnsLooksSavesAndGoesOn(checkpointing: Bool) throws {
    let folder = try TemporaryFolder()
    let run = try run(folder, steps: 6, "training.activationCheckpointing=\(checkpointing)")
    let whole = try RunState(run.blueprint)
    let witness = Witness()
    try Trainer(
      whole, loader: run.loader(from: 0, workers: 2), heldOut: try heldOut(run),
      folder: CheckpointFolder(folder.path + "/whole"), observer: witness
    ).run()
    let looks = try #require(witness.looks.last?.heldOut)
    #expect(looks.map(\.title) == ["held-out loss", "features"])
    #expect(looks[0].condition == "mask" && looks[0].figures.map(\.name) == ["3 × 0.15", "1 × 0.5"])
    #expect(looks[0].loss.map(\.isFinite) == true && looks[0].choice == nil)
    let names = looks[1].figures.map(\.name)
    #expect(names == ["deviation, clips", "deviation, tokens", "rank", "covariance", "probe"])
    #expect(looks[1].figures.allSatisfy { $0.value.isFinite })
    // Which checkpoint is best is not the loss's to say: a model that has collapsed has a small one.
    let choices = witness.looks.compactMap { $0.heldOut[1].choice }
    #expect(choices.count == 2 && whole.best?.loss == choices.min())

    let half = try RunState(run.blueprint)
    try run.train(half, checkpoints: folder.path + "/halves", stopAfter: 3)
    let found = try #require(try CheckpointFolder(folder.path + "/halves").newest())
    #expect(found.checkpoint.attributes["layout"] == .text("V-JEPA 2"))
    let rest = try RunState(Blueprint(found.checkpoint))
    try rest.restore(found.checkpoint)
    try run.train(rest, checkpoints: folder.path + "/halves")
    #expect(rest.hash == whole.hash)
  }

  @Test func theNumberOfThreadsChangesNothing() throws {
    let folder = try TemporaryFolder()
    let run = try run(folder, steps: 2)
    let hashes = try [1, 3].map { threads in
      try Parallel.withThreads(threads) {
        let state = try RunState(run.blueprint)
        try run.train(state, checkpoints: folder.path + "/run\(threads)")
        return state.hash
      }
    }
    #expect(hashes[0] == hashes[1])
  }

  /// A run that goes on measures a collapse against the first look of the whole run, not against its own.
  @Test func aCollapseIsToldAgainstTheFirstLookAlsoOfARunThatGoesOn() throws {
    let folder = try TemporaryFolder()
    let run = try run(folder, steps: 6)
    let state = try RunState(run.blueprint)
    func train(_ state: RunState, stopAfter: Int?) throws -> Witness {
      let witness = Witness()
      try Trainer(
        state, loader: run.loader(from: state.loaderStep), heldOut: try heldOut(run),
        folder: CheckpointFolder(folder.path + "/run"), observer: witness
      ).run(stopAfter: stopAfter)
      return witness
    }
    #expect(try train(state, stopAfter: 3).warnings == [])
    let found = try #require(try CheckpointFolder(folder.path + "/run").newest())
    let rest = try RunState(Blueprint(found.checkpoint))
    try rest.restore(found.checkpoint)
    #expect(rest.firstLook == state.firstLook && rest.firstLook.count == 2)
    // The last norm of the encoder makes all features of all clips nearly the same.
    for values in [rest.parameters.values, rest.parameters.average] {
      for entry in rest.parameters.entries where entry.name == "encoder.layernorm.weight" {
        values.view(at: entry.offset, entry.shape).fill(1e-4)
      }
    }
    rest.optimizer.updates = 0
    let warnings = try train(rest, stopAfter: nil).warnings
    #expect(warnings.count == 1, "\(warnings)")
    #expect(warnings.first?.hasPrefix("step 6: the features have collapsed") == true, "\(warnings)")
  }

  @Test(arguments: ["full", "head", "lora"])
  func aClassifierBeginsFromItsEncoder(method: String) throws {
    let (before, after) = (try TemporaryFolder(), try TemporaryFolder())
    let pretraining = try run(before, steps: 2)
    try pretraining.train(try RunState(pretraining.blueprint), checkpoints: before.path + "/base")
    let base = try LoadedBase(
      try #require(try CheckpointFolder(before.path + "/base").newest()).checkpoint)
    let classes = """
      "task": {"kind": "classification"},
      "model": {"layout": "vJEPA2", "width": 24, "depth": 2, "heads": 2, "patch": [2, 4, 4]}
      """
    let run = try SmallRun(
      in: after, steps: 2, kind: classes, ["start.method=\(method)", "start.from=base"])
    let state = try RunState(Blueprint(run.recipe, run.manifest, base: base), base: base)
    let report = try state.begin(from: base)
    #expect(report.fresh.allSatisfy { $0.hasPrefix("fc_norm") || $0.hasPrefix("classifier") })
    #expect(report.taken.contains("vjepa2.encoder.layer.1.mlp.fc2.weight"))
    #expect(report.unused.contains("predictor.embeddings.mask_tokens"))
    #expect(report.unused.allSatisfy { $0.hasPrefix("predictor.") })
    try run.train(state, checkpoints: after.path + "/run")
    #expect(state.step == 2)
  }

  @Test func theRecipeIsRefusedWhereThereIsNoTeacherOrNothingToTell() throws {
    let folder = try TemporaryFolder()
    func complaint(_ overrides: String...) -> String {
      SmallRun.complaint(in: folder, kind: Self.kind, overrides)
    }
    #expect(complaint("optimizer.emaDecay=0").contains("optimizer.emaDecay: must be above 0"))
    #expect(complaint("optimizer.emaDecay=0").contains("teacher"))
    #expect(complaint("optimizer.emaDecay=1", "optimizer.emaApproach=false").contains("must be below 1"))
    #expect(complaint("objective.areas=[0.15]").contains("1 share for the 2 kinds of mask"))
    #expect(complaint("objective.aspect=[2, 1]").contains("begin with the smaller"))
    #expect(
      complaint("objective.blocks=[3, 64]").contains("64 blocks of 0.5 always hide all of the 16 places"))
    #expect(
      complaint("objective.areas=[0.15, 1]").contains("1 block of 1.0 always hides all of the 16 places"))
    #expect(complaint("objective.areas=[0.15, 1.5]").contains("at most 1"))
    #expect(complaint("objective.durations=[0.5]").contains("1 duration for the 2 kinds of mask"))
    #expect(complaint("model.patch=[2, 16, 16]").contains("always hide all of the 1 place of a frame"))
    #expect(complaint("model.heads=6").contains("at least 6"))
    #expect(complaint("predictor.heads=5").contains("predictor.width"))
    #expect(complaint("objective.hiddenShare=0.5").contains("maskedAutoencoder"))
    #expect(complaint("model.patch=[2, 5, 5]").contains("is no multiple of the 5 rows"))
  }
}
