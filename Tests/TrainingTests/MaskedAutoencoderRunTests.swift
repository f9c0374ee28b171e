import Checkpoints
import Clips
import Recipes
import Tensors
import Testing

@testable import Training

/// A masked autoencoder goes the whole way of a run.
struct MaskedAutoencoderRunTests {
  static let kind = """
    "task": {"kind": "maskedAutoencoder"},
    "model": {"width": 24, "depth": 2, "heads": 2, "patch": [2, 4, 4]},
    "decoder": {"width": 12, "depth": 1, "heads": 2}, "objective": {"hiddenShare": 0.75}
    """

  private func run(_ folder: TemporaryFolder, steps: Int, _ more: String...) throws -> SmallRun {
    try SmallRun(in: folder, steps: steps, kind: Self.kind, ["training.validateEvery=3"] + more)
  }

  @Test(arguments: [false, true])
  func aRunLearnsLooksSavesAndGoesOn(checkpointing: Bool) throws {
    let folder = try TemporaryFolder()
    let run = try run(folder, steps: 6, "training.activationCheckpointing=\(checkpointing)")
    let whole = try RunState(run.blueprint)
    let heldOut = HeldOutClips(
      clips: try ClipReader(run.manifest, shape: run.blueprint.clipShape, limit: 4, source: .files(.init())))
    let witness = Witness()
    try Trainer(
      whole, loader: run.loader(from: 0, workers: 2), heldOut: heldOut,
      folder: CheckpointFolder(folder.path + "/whole"), observer: witness
    ).run()
    let look = try #require(witness.looks.last?.heldOut.first)
    #expect(look.condition == "hidden share" && look.figures.map(\.name) == ["hidden 0.75"])
    #expect(look.loss.map(\.isFinite) == true)

    let half = try RunState(run.blueprint)
    try run.train(half, checkpoints: folder.path + "/halves", stopAfter: 3)
    let found = try #require(try CheckpointFolder(folder.path + "/halves").newest())
    #expect(found.checkpoint.attributes["layout"] == .text("VideoMAE"))
    let rest = try RunState(Blueprint(found.checkpoint))
    try rest.restore(found.checkpoint)
    try run.train(rest, checkpoints: folder.path + "/halves")
    #expect(rest.hash == whole.hash)
    let model = try LoadedModel(found.checkpoint, Blueprint(found.checkpoint))
    #expect(model.subject.sampler == nil)
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

  @Test(arguments: ["frame", "random"])
  func otherMasksTrainToo(mask: String) throws {
    let folder = try TemporaryFolder()
    let run = try run(folder, steps: 1, "objective.mask=\(mask)", "objective.hiddenShare=0.5")
    let state = try RunState(run.blueprint)
    let before = state.hash
    try run.train(state, checkpoints: folder.path + "/run")
    #expect(state.hash != before)
  }

  @Test func masksThatHideAllOrNothingAreRefused() throws {
    let folder = try TemporaryFolder()
    func complaint(_ overrides: String...) -> String {
      SmallRun.complaint(in: folder, kind: Self.kind, overrides)
    }
    #expect(complaint("objective.hiddenShare=1").contains("below 1"))
    #expect(
      complaint("objective.hiddenShare=0.01").contains("0.01 of the 16 places of a frame hides none of them"))
    #expect(
      complaint("model.patch=[2, 16, 16]").contains("0.75 of the 1 place of a frame hides none of them"))
    #expect(
      complaint("objective.mask=frame", "objective.hiddenShare=0.4").contains(
        "latent frames hides none of them"))
    #expect(complaint("objective.mask=block").contains("tube"))
  }
}
