import Checkpoints
import Foundation
import Optimizers
import Tensors
import Testing

@testable import Training

@Test func twentyStepsAreTenAndTenMoreAndTheSameOnOneThread() throws {
  let folder = try TemporaryFolder()
  let run = try SmallRun(in: folder)

  let whole = try RunState(run.blueprint)
  #expect(try run.train(whole, checkpoints: folder.path + "/whole") == .finished)

  let half = try RunState(run.blueprint)
  #expect(try run.train(half, checkpoints: folder.path + "/halves", stopAfter: 10) == .stopped(step: 10))
  let found = try #require(try CheckpointFolder(folder.path + "/halves").newest())
  #expect(try RunState.hash(found.checkpoint) == half.hash)
  let rest = try RunState(Blueprint(found.checkpoint))
  try rest.restore(found.checkpoint)
  #expect(rest.hash == half.hash)
  try run.train(rest, checkpoints: folder.path + "/halves", workers: 2)

  let single = try RunState(run.blueprint)
  try Parallel.withThreads(1) { _ = try run.train(single, checkpoints: folder.path + "/single") }

  #expect(rest.step == 20)
  #expect(rest.hash == whole.hash)
  #expect(single.hash == whole.hash)
}

@Test(arguments: ["parameters", "average", "firstMoment", "secondMoment", "step", "updates"])
func leavingOutAnyPartOfTheStateIsCaught(part: String) throws {
  // The test above can fail: a restore that drops a part goes another way.
  let folder = try TemporaryFolder()
  let run = try SmallRun(in: folder, steps: 6)
  let whole = try RunState(run.blueprint)
  try run.train(whole, checkpoints: folder.path + "/whole")
  let half = try RunState(run.blueprint)
  try run.train(half, checkpoints: folder.path + "/halves", stopAfter: 3)
  let fresh = try RunState(run.blueprint)
  switch part {
  case "parameters": half.parameters.values.copy(from: fresh.parameters.values)
  case "average": half.parameters.average.copy(from: fresh.parameters.average)
  case "firstMoment": (half.optimizer as! AdamW).firstMoment.fill(0)
  case "secondMoment": (half.optimizer as! AdamW).secondMoment.fill(0)
  case "step": half.step = 2
  default: half.optimizer.updates = 0
  }
  try run.train(half, checkpoints: folder.path + "/halves")
  #expect(half.hash != whole.hash)
}

@Test func aBrokenNewestCheckpointFallsBackToTheOneBefore() throws {
  let folder = try TemporaryFolder()
  let run = try SmallRun(in: folder, steps: 6, "training.checkpointEvery=2")
  let state = try RunState(run.blueprint)
  try run.train(state, checkpoints: folder.path)
  let newest = folder.path + "/step-00000006.h5"
  let bytes = try Data(contentsOf: URL(fileURLWithPath: newest))
  try bytes.prefix(bytes.count / 2).write(to: URL(fileURLWithPath: newest))
  let found = try #require(try CheckpointFolder(folder.path).newest())
  #expect(found.step == 4)
  #expect(found.warnings.contains { $0.contains("step-00000006.h5") })
}

@Test func aCheckpointOfAnotherModelIsRefusedWithTheTensorsThatDiffer() throws {
  let folder = try TemporaryFolder()
  let run = try SmallRun(in: folder, steps: 1)
  try run.train(try RunState(run.blueprint), checkpoints: folder.path + "/run")
  let found = try #require(try CheckpointFolder(folder.path + "/run").newest())
  let wider = try SmallRun(in: folder, steps: 1, "model.width=36")
  let error = try #require(throws: CheckpointError.self) {
    try RunState(wider.blueprint).restore(found.checkpoint)
  }
  #expect(error.kind == .unfitInput)
  #expect("\(error)".contains("of another model"))
}
