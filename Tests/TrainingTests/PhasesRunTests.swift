import Checkpoints
import Clips
import Foundation
import Recipes
import Tensors
import Testing

@testable import Training

/// Runs whose shapes are learned in parts of the run.
struct PhasesRunTests {
  /// Pictures alone for five steps, then two frames beside them, then four frames to the end.
  private static let shapes =
    #"data.shapes=[{"frames": 2, "height": 8, "until": 9}, {"frames": 2, "width": 8, "from": 5, "until": 9}, {"frames": 4, "from": 9}]"#

  private func train(
    _ run: SmallRun, _ state: RunState, _ path: String, workers: Int = 1, ahead: Int = 1,
    stopAfter: Int? = nil, _ witness: Witness = Witness()
  ) throws {
    let buckets = try ClipBuckets(
      run.manifest, run.recipe.batchShapes, by: run.recipe.data.shapeChoice, .standard, index: nil,
      tolerance: BadClipTolerance(share: 0))
    let seed = UInt64(run.recipe.seed)
    let loader = BatchLoader(
      run.manifest, order: BatchOrder(buckets, seed: seed), seed: seed, startStep: state.loaderStep,
      crop: .random, workers: workers, ahead: ahead)
    _ = try Trainer(state, loader: loader, folder: CheckpointFolder(path), observer: witness).run(
      stopAfter: stopAfter)
  }

  /// Before a phase, at its first step, and within it.
  @Test(arguments: [3, 5, 7, 9, 11])
  func aStopInAnyPhaseChangesNoBit(stop: Int) throws {
    let folder = try TemporaryFolder()
    let run = try SmallRun(in: folder, steps: 13, Self.shapes, "training.batchSize=1")
    let (whole, witness) = (try RunState(run.blueprint), Witness())
    try train(run, whole, folder.path + "/whole", witness)
    let names = witness.steps.map { $0.shape?.name ?? "" }
    #expect(names[..<5].allSatisfy { $0 == "2x8x16" } && names[9...].allSatisfy { $0 == "4x16x16" })
    #expect(Set(names[5..<9]) == ["2x8x16", "2x16x8"])

    let half = try RunState(run.blueprint)
    try train(run, half, folder.path + "/halves", ahead: 6, stopAfter: stop)
    let found = try #require(try CheckpointFolder(folder.path + "/halves").newest())
    let rest = try RunState(Blueprint(found.checkpoint))
    try rest.restore(found.checkpoint)
    try train(run, rest, folder.path + "/halves", workers: 3, ahead: 4)
    #expect(rest.step == 13 && rest.hash == whole.hash && rest.normsByShape == whole.normsByShape)

    let single = try RunState(run.blueprint)
    try Parallel.withThreads(1) { try train(run, single, folder.path + "/single") }
    #expect(single.hash == whole.hash)
  }

  /// A shape without an end goes on where the run is made longer.
  @Test func aLongerRunBeginsLikeTheShorterOne() throws {
    let folder = try TemporaryFolder()
    let shapes = #"data.shapes=[{"frames": 2, "until": 3}, {"frames": 4, "from": 3}]"#
    let constant = ["optimizer.schedule=constant", "training.batchSize=1", shapes]
    let short = try SmallRun(in: folder, steps: 5, kind: SmallRun.textToVideo, constant)
    let state = try RunState(short.blueprint)
    try train(short, state, folder.path + "/short")
    let long = try SmallRun(
      in: folder, steps: 5, kind: SmallRun.textToVideo, constant + ["training.steps=8"])
    let (longer, witness) = (try RunState(long.blueprint), Witness())
    try train(long, longer, folder.path + "/long", stopAfter: 5)
    #expect(longer.hash == state.hash)
    try train(long, longer, folder.path + "/long", witness)
    #expect(longer.step == 8 && witness.steps.allSatisfy { $0.shape?.name == "4x16x16" })
  }

  /// A phase that all shapes share is the run without phases.
  @Test func keysThatSayNothingChangeNoBit() throws {
    let folder = try TemporaryFolder()
    func hash(_ keys: String) throws -> String {
      let run = try SmallRun(
        in: folder, steps: 6, "training.batchSize=1",
        "data.shapes=[{\"frames\": 4\(keys)}, {\"frames\": 2\(keys)}]")
      let state = try RunState(run.blueprint)
      try train(run, state, folder.path + "/\(keys.count)")
      return state.hash
    }
    let plain = try hash("")
    #expect(try hash(#", "from": 0"#) == plain && hash(#", "from": 0, "until": 6"#) == plain)
  }

  @Test func thePlanWeighsShapesByTheirStepsOfTheRun() throws {
    let folder = try TemporaryFolder()
    let run = try SmallRun(in: folder, steps: 20, Self.shapes)
    #expect(run.recipe.shapeShares == [0.35, 0.1, 0.55])
    let plan = try RunPlan(run.blueprint)
    #expect(zip(plan.shapes, [0.35, 0.1, 0.55]).allSatisfy { abs($0.batch.share - $1) < 1e-12 })
    let mean = zip([0.35, 0.1, 0.55], plan.shapes).reduce(0) { $0 + $1.0 * Double($1.1.operations) }
    #expect(abs(Double(plan.operationsPerStep) - mean) <= 1)
    #expect(plan.peakBytes == plan.shapes.map(\.peakBytes).max())
    #expect(plan.shapes.map(\.batch.steps) == [0..<9, 5..<9, 9..<Int.max])
  }
}
