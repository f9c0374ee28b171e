import Checkpoints
import Foundation
import Layers
import Optimizers
import Tensors
import Testing

@testable import Training

/// Runs whose hidden matrices are Muon's.
@Suite struct MuonRunTests {
  private let folder: TemporaryFolder
  private static let kind = "optimizer.kind=muon"

  init() throws { folder = try TemporaryFolder() }

  @Test func twentyStepsAreTenAndTenMoreAndTheSameOnOneThread() throws {
    let run = try SmallRun(in: folder, Self.kind)
    let whole = try RunState(run.blueprint)
    #expect(try run.train(whole, checkpoints: folder.path + "/whole") == .finished)

    let half = try RunState(run.blueprint)
    try run.train(half, checkpoints: folder.path + "/halves", stopAfter: 10)
    let found = try #require(try CheckpointFolder(folder.path + "/halves").newest())
    #expect(try RunState.hash(found.checkpoint) == half.hash)
    let rest = try RunState(Blueprint(found.checkpoint))
    try rest.restore(found.checkpoint)
    #expect(rest.hash == half.hash)
    try run.train(rest, checkpoints: folder.path + "/halves", workers: 2)
    #expect(rest.hash == whole.hash)

    let single = try RunState(run.blueprint)
    try Parallel.withThreads(1) { _ = try run.train(single, checkpoints: folder.path + "/single") }
    #expect(single.hash == whole.hash)

    let plain = try RunState(SmallRun(in: folder).blueprint)
    try run.train(plain, checkpoints: folder.path + "/plain")
    #expect(plain.hash != whole.hash)
  }

  @Test(arguments: ["momentum", "firstMoment", "secondMoment", "updates"])
  func leavingOutAnyPartOfItsStateIsCaught(part: String) throws {
    let run = try SmallRun(in: folder, steps: 6, Self.kind)
    let whole = try RunState(run.blueprint)
    try run.train(whole, checkpoints: folder.path + "/whole")
    let half = try RunState(run.blueprint)
    try run.train(half, checkpoints: folder.path + "/halves", stopAfter: 3)
    if part == "updates" { half.optimizer.updates = 0 }
    for slot in half.optimizer.slots where slot.name == part {
      for state in slot.tensors { state.value.fill(0) }
    }
    try run.train(half, checkpoints: folder.path + "/halves")
    #expect(half.hash != whole.hash)
  }

  /// Each parameter has one kind of state, and a checkpoint is smaller by the moments that are not needed.
  @Test func checkpointsHoldMomentumOrMoments() throws {
    let run = try SmallRun(in: folder, steps: 2, Self.kind)
    let state = try RunState(run.blueprint)
    try run.train(state, checkpoints: folder.path + "/run")
    let checkpoint = try #require(try CheckpointFolder(folder.path + "/run").newest()).checkpoint
    let momentum = Set(checkpoint.names(in: "momentum")), first = Set(checkpoint.names(in: "firstMoment"))
    #expect(momentum.isDisjoint(with: first) && first == Set(checkpoint.names(in: "secondMoment")))
    #expect(momentum.union(first) == Set(state.parameters.trainedEntries.map(\.name)))
    for name in ["attn1.to_q", "attn2.to_out.0", "ffn.net.2"] {
      #expect(momentum.contains("transformer.blocks.1.\(name).weight"), "\(name)")
    }
    #expect(momentum.contains { $0.hasPrefix("text_encoder.encoder.block.0.") })
    for name in [
      "transformer.patch_embedding.weight", "transformer.proj_out.weight", "text_encoder.shared.weight",
      "transformer.blocks.0.scale_shift_table", "transformer.blocks.0.attn1.to_q.bias",
    ] {
      #expect(first.contains(name), "\(name)")
    }
    let plan = try RunPlan(run.blueprint)
    #expect(plan.checkpointBytes == state.checkpointBytes)
    let plain = try RunPlan(SmallRun(in: folder, steps: 2).blueprint)
    #expect(plan.checkpointBytes < plain.checkpointBytes)
    #expect(plan.operationsPerStep > plain.operationsPerStep)
    // A run under AdamW has other state.
    let other = try RunState(SmallRun(in: folder, steps: 2).blueprint)
    let error = try #require(throws: CheckpointError.self) { try other.restore(checkpoint) }
    #expect("\(error)".contains("firstMoment"), "\(error)")
  }

  /// A step whose gradient is not finite changes nothing, and one that gives momentum that is not ends the run.
  @Test func whatIsNotFiniteIsRefused() throws {
    let run = try SmallRun(in: folder, steps: 9, Self.kind, "training.checkpointEvery=2")
    let state = try RunState(run.blueprint)
    let witness = Witness()
    try run.train(state, checkpoints: folder.path + "/run", observer: witness, stopAfter: 3)
    let slot = try #require(state.optimizer.slots.first { $0.name == "momentum" })
    slot.tensors[0].value.fill(.infinity)
    state.skippedSteps = 1  // so that it does not go back
    let error = try #require(throws: Diverged.self) {
      try run.train(state, checkpoints: folder.path + "/run", observer: witness)
    }
    #expect("\(error)".contains("step 4: the update gave weights or moments that are not finite"), "\(error)")

    let spoiled = try RunState(run.blueprint)
    for entry in spoiled.parameters.trainedEntries { spoiled.parameters.values(of: entry).fill(.nan) }
    try run.train(spoiled, checkpoints: folder.path + "/spoiled", observer: witness, stopAfter: 2)
    #expect(spoiled.optimizer.updates == 0 && spoiled.refused.inARow == 2)
  }

  @Test func theRecipesPatternsTakeThePlaceOfTheTasks() throws {
    let blueprint = try SmallRun(
      in: folder, Self.kind, "optimizer.muon.exclude=[\"text_encoder\", \"*.attn2\"]"
    ).blueprint
    let names = Muon.matrices(of: try blueprint.makeSubject().parameters, excluding: blueprint.muonExcluded)
      .map(
        \.name)
    #expect(names.contains("transformer.patch_embedding.weight"))
    #expect(!names.contains { $0.hasPrefix("text_encoder") || $0.contains("attn2") })
  }

  @Test(arguments: [
    (
      ["optimizer.muon.exclude=[\"transformer.blks\"]"],
      "optimizer.muon.exclude: no parameter is called \"transformer.blks\" or lies in it; did you mean \"transformer.blocks\"?"
    ),
    (
      ["optimizer.muon.exclude=[\"*\"]"],
      "optimizer.muon.exclude: all matrices are excluded, so there is none for Muon; name fewer, or take optimizer.kind "
        + "\"adamW\"."
    ),
    (
      ["start.method=lora"],
      "optimizer.kind: no hidden matrix is trained, so there is none for Muon; take \"adamW\"."
    ),
  ])
  func recipesWithNothingForMuonAreRefused(settings: [String], complaint: String) throws {
    #expect(
      SmallRun.complaint(in: folder, kind: SmallRun.textToVideo, [Self.kind] + settings) == complaint)
    // Where AdamW has all, its patterns mean nothing.
    _ = try SmallRun(in: folder, steps: 1, settings.filter { $0.hasPrefix("optimizer") })
  }

  /// Every kind says which layers are its first and last ones.
  @Test(arguments: [
    (MaskedAutoencoderRunTests.kind, ["decoder.head.weight", "encoder_to_decoder.weight"]),
    (
      JointEmbeddingRunTests.kind,
      ["predictor.proj.weight", "predictor.embeddings.predictor_embeddings.weight"]
    ),
  ])
  func firstAndLastLayersAreAdamWs(kind: String, outer: [String]) throws {
    let blueprint = try SmallRun(in: folder, steps: 2, kind: kind, [Self.kind]).blueprint
    let parameters = try blueprint.makeSubject().parameters
    let names = Set(Muon.matrices(of: parameters, excluding: blueprint.muonExcluded).map(\.name))
    for name in outer {
      #expect(parameters.entries.contains { $0.name == name } && !names.contains(name), "\(name)")
    }
    #expect(names.count > 6 && !names.contains { $0.contains("patch_embeddings") }, "\(names)")
    for pattern in blueprint.muonExcluded {
      #expect(parameters.entries.contains { pattern.matches($0.name) }, "\(pattern.text)")
    }
  }
}
