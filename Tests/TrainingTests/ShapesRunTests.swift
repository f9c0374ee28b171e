import Checkpoints
import Clips
import Foundation
import Manifests
import Tensors
import Testing

@testable import Training

/// Runs whose steps have several shapes.
struct ShapesRunTests {
  private static let shapes =
    #"data.shapes=[{"frames": 4, "share": 0.6}, {"frames": 2, "height": 8, "share": 0.2}, {"frames": 2, "width": 8, "share": 0.2}]"#

  private func train(
    _ run: SmallRun, _ state: RunState, _ path: String, workers: Int = 1, ahead: Int = 1,
    stopAfter: Int? = nil,
    _ witness: Witness = Witness()
  ) throws {
    let recipe = run.recipe
    let buckets = try ClipBuckets(
      run.manifest, recipe.batchShapes, by: recipe.data.shapeChoice, .standard, index: nil,
      tolerance: BadClipTolerance(share: 0))
    let seed = UInt64(recipe.seed)
    let loader = BatchLoader(
      run.manifest, order: BatchOrder(buckets, seed: seed), seed: seed, startStep: state.loaderStep,
      crop: .random, workers: workers, ahead: ahead)
    _ = try Trainer(state, loader: loader, folder: CheckpointFolder(path), observer: witness).run(
      stopAfter: stopAfter)
  }

  @Test(arguments: [1, 7])
  func aStopBetweenShapesChangesNoBit(stop: Int) throws {
    let folder = try TemporaryFolder()
    let run = try SmallRun(in: folder, steps: 12, Self.shapes, "training.batchSize=1")
    let (whole, witness) = (try RunState(run.blueprint), Witness())
    try train(run, whole, folder.path + "/whole", witness)
    let names = witness.steps.map { $0.shape?.name ?? "" }
    #expect(Set(names) == ["4x16x16", "2x8x16", "2x16x8"])
    // 1 clip of 8 tokens a pass, or 4 of 2; two passes a step.
    #expect(witness.steps.allSatisfy { $0.clips == ($0.shape?.name == "4x16x16" ? 2 : 8) })

    let half = try RunState(run.blueprint)
    try train(run, half, folder.path + "/halves", stopAfter: stop)
    let found = try #require(try CheckpointFolder(folder.path + "/halves").newest())
    let rest = try RunState(Blueprint(found.checkpoint))
    try rest.restore(found.checkpoint)
    try train(run, rest, folder.path + "/halves", workers: 3, ahead: 4)
    #expect(rest.step == 12 && rest.hash == whole.hash)
    #expect(rest.normsByShape == whole.normsByShape && rest.norms == RecentNorms())
    #expect(rest.normsByShape.byShape.values.reduce(0) { $0 + $1.norms.count } == 12)
    #expect(ShapeNorms(whole.normsByShape.text) == whole.normsByShape && ShapeNorms("4x16x16 -1") == nil)

    let single = try RunState(run.blueprint)
    try Parallel.withThreads(1) { try train(run, single, folder.path + "/single") }
    #expect(single.hash == whole.hash)
  }

  @Test func aListOfTheOneShapeIsTheRunWithoutAList() throws {
    let folder = try TemporaryFolder()
    let plain = try SmallRun(in: folder, steps: 6)
    let (state, other) = (try RunState(plain.blueprint), Witness())
    try plain.train(state, checkpoints: folder.path + "/plain", observer: other)
    #expect(other.steps.allSatisfy { $0.shape == nil })
    let listed = try SmallRun(in: folder, steps: 6, #"data.shapes=[{"frames": 4}]"#)
    let same = try RunState(listed.blueprint)
    try train(listed, same, folder.path + "/listed")
    #expect(same.hash == state.hash)
  }

  @Test func thePlanTellsOfEachShape() throws {
    let folder = try TemporaryFolder()
    let run = try SmallRun(in: folder, steps: 10, Self.shapes)
    let plan = try RunPlan(run.blueprint)
    #expect(plan.shapes.map(\.batch.shape.name) == ["4x16x16", "2x8x16", "2x16x8"])
    #expect(plan.shapes.map(\.batch.tokens) == [8, 2, 2] && plan.shapes.map(\.batch.clips) == [6, 24, 24])
    #expect(plan.clipsPerStep == 13)
    for (place, shape) in plan.shapes.enumerated() {
      let alone = try SmallRun(
        in: folder, steps: 10,
        "data.frames=\(shape.batch.shape.frames)", "data.height=\(shape.batch.shape.height)",
        "data.width=\(shape.batch.shape.width)", "training.batchSize=\(shape.batch.clips / 2)")
      let own = try RunPlan(alone.blueprint)
      #expect(own.operationsPerStep == shape.operations, "\(place)")
      #expect(shape.peakBytes <= plan.peakBytes && shape.peakBytes == own.shapes[0].peakBytes)
    }
    #expect(plan.peakBytes == plan.shapes.map(\.peakBytes).max())
    let mean = zip([0.6, 0.2, 0.2], plan.shapes).reduce(0) { $0 + $1.0 * Double($1.1.operations) }
    #expect(abs(Double(plan.operationsPerStep) - mean) <= 1)
    let seen = try RunPlan(run.blueprint, shares: [0, 0, 1].map { $0 + 1e-9 })
    #expect(seen.operationsPerStep == plan.shapes[2].operations)
  }

  @Test func theForecastIsTheMeanByShares() throws {
    let folder = try TemporaryFolder()
    let run = try SmallRun(in: folder, steps: 10, Self.shapes)
    let plan = try RunPlan(run.blueprint)
    let (mean, each) = try StepCalibration.mean(
      run.blueprint, plan.shapes.map(\.batch), captions: ["a"], runPeakBytes: plan.peakBytes, seconds: 0.1)
    #expect(each.count == 3 && each.allSatisfy { $0.secondsPerStep > 0 })
    let expected = 0.6 * each[0].secondsPerStep + 0.2 * (each[1].secondsPerStep + each[2].secondsPerStep)
    #expect(abs(mean.secondsPerStep - expected) < 1e-12)
  }

  /// Images first: weights of one frame go on with clips.
  @Test func aModelOfPicturesGoesOnWithClips() throws {
    let folder = try TemporaryFolder()
    let patch = "model.patch=[1,8,8]"
    let stills = try SmallRun(in: folder, steps: 3, "data.frames=1", patch)
    try stills.train(RunState(stills.blueprint), checkpoints: folder.path + "/stills")
    let base = try LoadedBase(
      #require(try CheckpointFolder(folder.path + "/stills").newest()).checkpoint)
    let clips = try SmallRun(
      in: folder, steps: 3, patch, "training.batchSize=1",
      #"data.shapes=[{"frames": 4, "share": 0.8}, {"frames": 1, "share": 0.2}]"#)
    let state = try RunState(Blueprint(clips.recipe, clips.manifest, base: base), base: base)
    let report = try state.begin(from: base)
    #expect(report.taken == state.parameters.entries.map(\.name))
    #expect(report.fresh.isEmpty && report.unused.isEmpty && report.grown.isEmpty)
    #expect(clips.recipe.modelDifferences(from: stills.recipe) == [])
    #expect(
      clips.recipe.shapesNote(from: stills.recipe)
        == "the base learned from clips of 1x16x16, and this run learns from 4x16x16, 1x16x16: no weight depends on that, so all "
        + "that was taken over goes on")
    #expect(clips.recipe.shapesNote(from: clips.recipe) == nil)
    try train(clips, state, folder.path + "/clips")
    #expect(state.step == 3)
  }
}
