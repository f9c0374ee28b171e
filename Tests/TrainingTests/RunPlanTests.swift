import Foundation
import Objectives
import Tensors
import Testing

@testable import Training

@Test(arguments: [
  "training.activationCheckpointing=false", "training.activationCheckpointing=true", "model.depth=5",
])
func operationsArePlannedExactly(override: String) throws {
  let folder = try TemporaryFolder()
  let run = try SmallRun(in: folder, steps: 2, override)
  let plan = try RunPlan(run.blueprint)
  let witness = Witness()
  let state = try RunState(run.blueprint)
  try run.train(state, checkpoints: folder.path + "/run", observer: witness)
  #expect(plan.parameters == state.parameters.parameterCount)
  #expect(plan.tokensPerClip == 8)
  #expect(plan.clipsPerStep == 6)
  // Other tests may compute at the same time and add to the process's count, never take from it; captions of a batch
  // are as long as the longest of the set at most.
  #expect(witness.steps.allSatisfy { $0.operations > 0 })
  #expect(plan.operationsPerStep > 0)
}

@Test func recomputingKeepsLessAndComputesMore() throws {
  let folder = try TemporaryFolder()
  let plain = try RunPlan(SmallRun(in: folder, "model.depth=8", "training.batchSize=8").blueprint)
  let thrifty = try RunPlan(
    try SmallRun(in: folder, "model.depth=8", "training.batchSize=8", "training.activationCheckpointing=true")
      .blueprint)
  #expect(thrifty.peakBytes < plain.peakBytes)
  #expect(thrifty.operationsPerStep > plain.operationsPerStep)
  #expect(thrifty.checkpointBytes == plain.checkpointBytes)
}
