import Checkpoints
import Clips
import Testing

@testable import Training

/// The second kind of task goes the whole way of a run, though nothing but its own files knows of it.
struct DenoisingRunTests {
  @Test func aRunLearnsLooksSavesAndGoesOn() throws {
    let folder = try TemporaryFolder()
    let run = try SmallRun(
      in: folder, steps: 6, "task.kind=denoising", "objective={\"strength\": 0.25}",
      "training.validateEvery=3")
    #expect(run.recipe.kind == .denoising)

    let whole = try RunState(run.blueprint)
    let heldOut = HeldOutClips(
      clips: try ClipReader(run.manifest, shape: run.blueprint.clipShape, limit: 4, source: .files(.init())))
    let witness = Witness()
    try Trainer(
      whole, loader: run.loader(from: 0), heldOut: heldOut, folder: CheckpointFolder(folder.path + "/whole"),
      observer: witness
    ).run()
    #expect(witness.looks.map(\.step) == [3, 6])
    let look = try #require(witness.looks.last?.heldOut.first)
    #expect(look.condition == "noise" && look.figures.map(\.name) == ["strength 0.25"])
    #expect(look.loss.map(\.isFinite) == true)

    let half = try RunState(run.blueprint)
    try run.train(half, checkpoints: folder.path + "/halves", stopAfter: 3)
    let found = try #require(try CheckpointFolder(folder.path + "/halves").newest())
    let rest = try RunState(Blueprint(found.checkpoint))
    try rest.restore(found.checkpoint)
    try run.train(rest, checkpoints: folder.path + "/halves")
    #expect(rest.hash == whole.hash)
  }

  @Test func itsCheckpointSaysWhatItIsAndHasNothingToSample() throws {
    let folder = try TemporaryFolder()
    let run = try SmallRun(in: folder, steps: 1, "task.kind=denoising", "objective={}")
    try run.train(RunState(run.blueprint), checkpoints: folder.path + "/run")
    let checkpoint = try #require(try CheckpointFolder(folder.path + "/run").newest()).checkpoint
    #expect(checkpoint.attributes["prediction"] == .text("x0"))
    let model = try LoadedModel(checkpoint, Blueprint(checkpoint))
    #expect(model.blueprint.recipe.kind == .denoising && model.subject.sampler == nil)
    #expect(model.subject.evaluators.count == 1)
  }
}
