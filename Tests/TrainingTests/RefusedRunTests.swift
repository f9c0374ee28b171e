import Checkpoints
import Foundation
import Tensors
import Testing

@testable import Training

/// Runs whose steps are refused: what is saved, where they go on, and how they end.
@Suite struct RefusedRunTests {
  private let folder: TemporaryFolder
  private let witness = Witness()

  init() throws { folder = try TemporaryFolder() }

  private func checkpoints() throws -> [Int] {
    try CheckpointFolder(folder.path + "/run").list().map(\.step)
  }

  /// Spoils the run from the inside: the next gradients are not finite.
  private func spoil(_ state: RunState) {
    for entry in state.parameters.trainedEntries {
      state.parameters.values.view(at: entry.offset, entry.shape).fill(.nan)
    }
  }

  @Test func nothingIsSavedMeanwhile() throws {
    let run = try SmallRun(in: folder, steps: 40, "training.checkpointEvery=1")
    let state = try RunState(run.blueprint)
    try run.train(state, checkpoints: folder.path + "/run", observer: witness, stopAfter: 4)
    #expect(try checkpoints() == [2, 3, 4])
    state.skippedSteps = 1  // so that it does not go back
    spoil(state)
    let error = try #require(throws: Diverged.self) {
      try run.train(state, checkpoints: folder.path + "/run", observer: witness)
    }
    #expect(witness.warnings.count == RefusedSteps.mostInARow, "\(witness.warnings)")
    let words = "\(error)"
    #expect(words.contains("the run has diverged: 10 steps in a row were refused."), "\(words)")
    #expect(words.contains("The last good checkpoint is \(folder.path)/run/step-00000004.h5."), "\(words)")
    #expect(try checkpoints() == [2, 3, 4])
  }

  @Test func aStopMeanwhileSavesNothingAndSaysSo() throws {
    let run = try SmallRun(in: folder, steps: 40, "training.checkpointEvery=1")
    let state = try RunState(run.blueprint)
    try run.train(state, checkpoints: folder.path + "/run", observer: witness, stopAfter: 2)
    spoil(state)
    let outcome = try run.train(state, checkpoints: folder.path + "/run", observer: witness, stopAfter: 5)
    #expect(outcome == .stopped(step: 5))
    #expect(try checkpoints() == [1, 2])
    #expect(
      witness.warnings.last
        == "step 5: not saved, since the last 3 steps were refused. The last good checkpoint is "
        + "\(folder.path)/run/step-00000002.h5.")
  }

  /// A run that ends with a refused step is complete: its last state is saved, and pushes nothing out.
  @Test func theEndIsSavedBesideTheGoodOnes() throws {
    let run = try SmallRun(in: folder, steps: 5, "training.checkpointEvery=1", "training.keepCheckpoints=1")
    let state = try RunState(run.blueprint)
    try run.train(state, checkpoints: folder.path + "/run", observer: witness, stopAfter: 4)
    spoil(state)
    let outcome = try run.train(state, checkpoints: folder.path + "/run", observer: witness)
    #expect(outcome == .finished)
    #expect(try checkpoints() == [4, 5])
  }

  /// What goes wrong once more after a checkpoint was taken back is told; the first time the run goes on from there.
  @Test func aRunGoesBackOnceAndPassesOverWhatWentWrong() throws {
    let run = try SmallRun(in: folder, steps: 30, "training.checkpointEvery=4")
    let state = try RunState(run.blueprint)
    let path = folder.path + "/run"
    // A stop in between must not change where it goes back to.
    try run.train(state, checkpoints: path, observer: witness, stopAfter: 6)
    spoil(state)
    let outcome = try run.train(state, checkpoints: path, observer: witness, stopAfter: 8)
    #expect(outcome == .stopped(step: 8))
    #expect(witness.returns.isEmpty)
    // Ten refused steps, 7 to 16, and on from step 4 with the clips of step 17 and later.
    let again = try run.train(state, checkpoints: path, observer: witness, stopAfter: 8)
    #expect(again == .stopped(step: 8))
    #expect(witness.returns == [4] && state.skippedSteps == 12 && state.loaderStep == 20)
    let told = try #require(witness.warnings.last { $0.contains("goes on from step 4") })
    #expect(told.contains("with the clips that come after those of step 16"), "\(told)")
    #expect(state.parameters.values.isFinite)
    // What the stop saved is of the course that was given up.
    #expect(try checkpoints() == [4, 8])

    // The same as a run that never saw those clips.
    let found = try #require(try CheckpointFolder(path).newest(before: 5) { _ in true })
    let other = try RunState(run.blueprint)
    try other.restore(found.checkpoint)
    other.skippedSteps = 12
    try run.train(other, checkpoints: folder.path + "/other", stopAfter: 8)
    #expect(other.hash == state.hash)

    // It goes on after a stop with the clips that come then.
    let newest = try #require(try CheckpointFolder(path).newest())
    let resumed = try RunState(Blueprint(newest.checkpoint))
    try resumed.restore(newest.checkpoint)
    #expect(resumed.loaderStep == 20 && resumed.hash == state.hash)
    spoil(resumed)
    #expect(throws: Diverged.self) { try run.train(resumed, checkpoints: path, observer: witness) }
    #expect(witness.returns == [4])
  }

  @Test func manyRefusedStepsAreTooManyAlsoWithGoodOnesBetween() {
    var refused = RefusedSteps()
    for step in 1...200 {
      refused.note(step: step, isRefused: step % 4 == 0)
      #expect(!refused.areTooMany)
    }
    for step in 201...300 { refused.note(step: step, isRefused: step % 3 == 0) }
    #expect(refused.areTooMany && refused.inARow == 1)
    let copy = RefusedSteps(inARow: refused.inARow, refused.text)
    #expect(copy == refused)
    #expect(RefusedSteps(inARow: 0, "1 x") == nil && RefusedSteps(inARow: -1, "") == nil)
  }

  @Test func usualNormsAreAMedianOfLate() throws {
    var norms = RecentNorms()
    for number in 1..<RecentNorms.least { norms.add(Double(number)) }
    #expect(norms.median == nil)
    norms.add(1000)
    #expect(norms.median == 17)
    for _ in 0..<RecentNorms.most { norms.add(0.1) }
    #expect(norms.median == 0.1 && norms.norms.count == RecentNorms.most)
    #expect(RecentNorms(norms.text) == norms)
    #expect(RecentNorms("1 nan") == nil && RecentNorms("a") == nil && RecentNorms("-1") == nil)
    #expect(RecentNorms("") == RecentNorms())
  }

  /// The norms of late are part of what a run goes on with.
  @Test func normsOutliveAStop() throws {
    let run = try SmallRun(in: folder, steps: 6)
    let state = try RunState(run.blueprint)
    try run.train(state, checkpoints: folder.path + "/run", stopAfter: 5)
    let found = try #require(try CheckpointFolder(folder.path + "/run").newest())
    let again = try RunState(Blueprint(found.checkpoint))
    try again.restore(found.checkpoint)
    #expect(again.norms == state.norms && again.norms.norms.count == 5)
  }

  /// A gradient far above the usual one is refused, and the run goes on.
  @Test func spikesAreLeftOut() throws {
    let run = try SmallRun(in: folder, steps: 40, "optimizer.spikeFactor=3")
    let state = try RunState(run.blueprint)
    for _ in 0..<RecentNorms.least { state.norms.add(1e-9) }
    try run.train(state, checkpoints: folder.path + "/run", observer: witness, stopAfter: 2)
    #expect(state.refused.inARow == 2 && state.optimizer.updates == 0)
    #expect(witness.steps.allSatisfy { $0.isRefused })
    #expect(
      witness.warnings.first?.contains(
        "where 1e-09 is usual (optimizer.spikeFactor), so the weights were left")
        == true, "\(witness.warnings)")
    let calm = try RunState(SmallRun(in: folder, steps: 40, "optimizer.spikeFactor=0").blueprint)
    calm.norms = state.norms
    try run.train(calm, checkpoints: folder.path + "/calm", stopAfter: 2)
    #expect(calm.optimizer.updates == 2)
  }

  /// A step that gives weights that are not finite is the end of the run as it was: nothing of it is saved.
  @Test func weightsThatAreNotFiniteAreNeverSaved() throws {
    let run = try SmallRun(in: folder, steps: 9, "training.checkpointEvery=2")
    let state = try RunState(run.blueprint)
    try run.train(state, checkpoints: folder.path + "/run", observer: witness, stopAfter: 3)
    state.skippedSteps = 1
    state.optimizer.slots[1].tensors[0].value.fill(-1)
    let error = try #require(throws: Diverged.self) {
      try run.train(state, checkpoints: folder.path + "/run", observer: witness)
    }
    #expect("\(error)".contains("step 4: the update gave weights or moments that are not finite"), "\(error)")
    #expect(try checkpoints() == [2, 3])
  }

  /// What a stop saves takes no room among those that are kept, and goes when the next one is there.
  @Test func stopsPushNoCheckpointOut() throws {
    let run = try SmallRun(in: folder, steps: 40, "training.checkpointEvery=4", "training.keepCheckpoints=1")
    let path = folder.path + "/run"
    func goOn(to step: Int) throws {
      let state = try RunState(run.blueprint)
      if let found = try CheckpointFolder(path).newest() { try state.restore(found.checkpoint) }
      try run.train(state, checkpoints: path, stopAfter: step)
    }
    try goOn(to: 6)
    #expect(try checkpoints() == [4, 6])
    try goOn(to: 7)
    #expect(try checkpoints() == [4, 7])
    try goOn(to: 8)
    #expect(try checkpoints() == [8])
  }

  /// A run goes back to its own checkpoints alone.
  @Test func anotherRunsCheckpointIsNoWayBack() throws {
    let run = try SmallRun(in: folder, steps: 30, "training.checkpointEvery=2", "training.keepCheckpoints=9")
    let state = try RunState(run.blueprint)
    try run.train(state, checkpoints: folder.path + "/run", observer: witness, stopAfter: 4)
    let foreign = try RunState(SmallRun(in: folder, steps: 30, "seed=6").blueprint)
    try CheckpointFolder(folder.path + "/run").save(foreign.contents, step: 5, keep: 9)
    // Its content must be of the step that its name says.
    var contents = foreign.contents
    contents.attributes[RunState.Key.step] = .integer(5)
    try CheckpointFolder(folder.path + "/run").save(contents, step: 5, keep: 9)
    spoil(state)
    try run.train(state, checkpoints: folder.path + "/run", observer: witness, stopAfter: 4)
    try run.train(state, checkpoints: folder.path + "/run", observer: witness, stopAfter: 6)
    #expect(witness.returns == [4])
  }

  /// Going back to a step that was looked at does not look, sample or save there again.
  @Test func goingBackRepeatsNothing() throws {
    let run = try SmallRun(
      in: folder, steps: 30, "training.checkpointEvery=4", "training.sampleEvery=4",
      "training.validateEvery=4")
    let state = try RunState(run.blueprint)
    let path = folder.path + "/run"
    try run.train(state, checkpoints: path, observer: witness, stopAfter: 5)
    #expect(witness.sampled == [4])
    spoil(state)
    try run.train(state, checkpoints: path, observer: witness, stopAfter: 5)
    #expect(witness.returns == [4] && witness.sampled.filter { $0 == 4 }.count == 1, "\(witness.sampled)")
    #expect(witness.saved.filter { $0 == 4 }.count == 1, "\(witness.saved)")
  }
}
