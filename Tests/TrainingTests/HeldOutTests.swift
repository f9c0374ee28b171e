import Checkpoints
import Clips
import Foundation
import Layers
import Manifests
import Tensors
import Testing

@testable import Training

/// What a run makes of its looks at held-out clips.
@Suite struct HeldOutTests {
  private func trained(
    _ state: RunState, _ run: SmallRun, _ folder: TemporaryFolder, stopAfter: Int? = nil
  ) throws -> Witness {
    let clips = try ClipReader(run.manifest, shape: run.blueprint.clipShape, limit: 3)
    let witness = Witness()
    _ = try Trainer(
      state, loader: run.loader(from: state.step), heldOut: HeldOutClips(clips: clips, remembered: clips),
      folder: CheckpointFolder(folder.path + "/run"), bestFolder: CheckpointFolder(folder.path + "/best"),
      observer: witness
    ).run(stopAfter: stopAfter)
    return witness
  }

  /// An adapter of four steps at its beginning, and the base that it starts from, a run of two steps.
  private func adapter(
    _ folder: TemporaryFolder, _ overrides: String...
  ) throws -> (run: SmallRun, base: LoadedBase, state: RunState) {
    let first = try SmallRun(in: folder, steps: 2)
    try first.train(RunState(first.blueprint), checkpoints: folder.path + "/base")
    let base = try LoadedBase(#require(try CheckpointFolder(folder.path + "/base").newest()).checkpoint)
    let run = try SmallRun(
      in: folder, steps: 4, ["start.method=lora", "start.lora.rank=2"] + overrides)
    let state = try RunState(Blueprint(run.recipe, run.manifest, base: base))
    try state.begin(from: base)
    return (run, base, state)
  }

  @Test func theBestCheckpointIsKeptBesideTheNewest() throws {
    let folder = try TemporaryFolder()
    let run = try SmallRun(in: folder, steps: 9, "training.validateEvery=3", "training.checkpointEvery=9")
    let state = try RunState(run.blueprint)
    let witness = try trained(state, run, folder)
    #expect(witness.looks.map(\.step) == [3, 6, 9])
    let losses = witness.looks.compactMap { $0.heldOut.first?.loss }
    #expect(
      losses.count == 3 && witness.looks.allSatisfy { $0.remembered.first?.loss == $0.heldOut.first?.loss })
    let best = try #require(state.best)
    #expect(best.loss == losses.min() && best.step == witness.looks[losses.firstIndex(of: best.loss)!].step)
    let kept = try CheckpointFolder(folder.path + "/best").list()
    #expect(kept.map(\.step) == [best.step])
    // What is best is remembered by a run that goes on.
    let found = try #require(try CheckpointFolder(folder.path + "/run").newest())
    let again = try RunState(Blueprint(found.checkpoint))
    try again.restore(found.checkpoint)
    #expect(again.best == state.best && again.looksWithoutBetter == state.looksWithoutBetter)
  }

  @Test func aLossThatDoesNotFallIsToldOnce() throws {
    let folder = try TemporaryFolder()
    let run = try SmallRun(
      in: folder, steps: 10, "training.validateEvery=2", "training.checkpointEvery=10",
      "evaluation.patience=3")
    let state = try RunState(run.blueprint)
    state.best = RunState.Best(loss: 1e-9, step: 0, clips: nil)
    let witness = try trained(state, run, folder)
    let told = witness.warnings.filter { $0.contains("has not been lower than at step 0 for 3 looks") }
    #expect(told.count == 1, "\(witness.warnings)")
    #expect(told.first?.hasPrefix("step 6: ") == true)
    #expect(try CheckpointFolder(folder.path + "/best").list().isEmpty)
  }

  @Test func theBestIsChosenAnewOnOtherClipsAndAfterGoingBack() throws {
    let folder = try TemporaryFolder()
    let run = try SmallRun(in: folder, steps: 2, "training.validateEvery=1", "training.checkpointEvery=1")
    let state = try RunState(run.blueprint)
    // A loss that no clips give, on a list that is not the run's; and a checkpoint of a step that was not reached.
    state.best = RunState.Best(loss: 1e-9, step: 0, clips: "other")
    try CheckpointFolder(folder.path + "/best").save(state.contents, step: 500)
    let witness = try trained(state, run, folder)
    #expect(witness.warnings.filter { $0.contains("so it is chosen anew from here on") }.count == 1)
    let clips = try ClipReader(run.manifest, shape: run.blueprint.clipShape, limit: 3)
    let best = try #require(state.best)
    #expect(best.loss > 1e-9 && best.clips == clips.entries.listHash)
    #expect(try CheckpointFolder(folder.path + "/best").list().map(\.step) == [best.step])
  }

  @Test func theBestIsChosenAnewWhereItsCheckpointIsLost() throws {
    let folder = try TemporaryFolder()
    let run = try SmallRun(in: folder, steps: 2, "training.validateEvery=1", "training.checkpointEvery=2")
    let state = try RunState(run.blueprint)
    state.best = RunState.Best(loss: 1e-9, step: 1, clips: nil)
    _ = try trained(state, run, folder)
    let best = try #require(state.best)
    #expect(best.loss > 1e-9)
    #expect(try CheckpointFolder(folder.path + "/best").list().map(\.step) == [best.step])
  }

  @Test func roundingOfFrozenValuesIsNoChange() throws {
    let folder = try TemporaryFolder()
    let (_, base, state) = try adapter(folder, "start.frozenPrecision=bfloat16")
    let changes = try WeightChange.measure(state.parameters, base: base.weights)
    #expect(!changes.isEmpty && changes.allSatisfy { $0.relative == 0 }, "\(changes)")
  }

  @Test func aRunFromABaseLooksAndSamplesBeforeItsFirstStep() throws {
    let folder = try TemporaryFolder()
    let (run, base, state) = try adapter(
      folder, "training.validateEvery=2", "training.sampleEvery=4", "training.checkpointEvery=4")
    let witness = try trained(state, run, folder)
    #expect(witness.looks.map(\.step) == [0, 2, 4] && witness.sampled == [0, 4])
    // Before the first step the adapted model is its base, to the bit.
    let whole = try LoadedModel(
      #require(try CheckpointFolder(folder.path + "/base").newest()).checkpoint, base.blueprint)
    let clips = try ClipReader(run.manifest, shape: run.blueprint.clipShape, limit: 3)
    #expect(whole.subject.evaluators[0].run(clips).figures == witness.looks[0].heldOut[0].figures)

    let changes = try WeightChange.measure(state.parameters, base: base.weights)
    #expect(
      changes.map(\.block) == [
        "text_encoder.encoder.block.0", "transformer.blocks.0", "transformer.blocks.1",
      ])
    #expect(changes.allSatisfy { $0.relative > 0 && $0.relative < 0.5 })
    // An adapter holds what was trained alone.
    let adapter = try #require(try CheckpointFolder(folder.path + "/run").newest()).checkpoint
    #expect(adapter.names(in: "parameters").allSatisfy { $0.contains(".lora_") })
    #expect(!adapter.groupNames.contains("frozen"))
    #expect(
      try LoadedBase.find(for: Blueprint(adapter), adapter: adapter.path, given: nil) { path in
        try CheckpointFile.read(path)
      }?.weightsHash == base.weightsHash)
    try expectBaseIsFound(of: adapter, base)
    #expect(throws: BaseError.isAdapter(path: adapter.path)) { try LoadedBase(adapter) }
  }

  /// Whatever else bears the base's name, the right one is found; if there is none, it is said what is there.
  private func expectBaseIsFound(of adapter: LoadedCheckpoint, _ base: LoadedBase) throws {
    func found(_ files: [String: String], given: String? = nil) throws -> LoadedBase? {
      // What is read where: the adapter's own file bears the base's name.
      try LoadedBase.find(for: Blueprint(adapter), adapter: "run/step-00000002.h5", given: given) { place in
        guard let file = files.first(where: { place.hasSuffix($0.key) }) else { return nil }
        return try CheckpointFile.read(file.value)
      }
    }
    let name = "step-00000002.h5"
    let (own, damaged) = (adapter.path, adapter.path + ".damaged")
    try Data([1, 2, 3]).write(to: URL(fileURLWithPath: damaged))
    #expect(try found(["run/\(name)": own, "../\(name)": base.path])?.weightsHash == base.weightsHash)
    #expect(try found(["run/\(name)": damaged, "../\(name)": base.path])?.weightsHash == base.weightsHash)
    #expect(throws: BaseError.notFound(adapter: "run/\(name)", base: base.path)) {
      try found(["run/\(name)": own])
    }
    #expect(throws: CheckpointError.self) { try found(["run/\(name)": damaged]) }
    #expect(throws: BaseError.isAdapter(path: own)) { try found(["x": own], given: "x") }
  }
}
