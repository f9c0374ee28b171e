import Checkpoints
import Foundation
import Tensors
import Testing

@testable import Training

@Test func twentyStepsAreTenAndTenMoreAndTheSameOnOneThread() throws {
  let folder = try TemporaryFolder()
  let run = try SmallRun(in: folder)

  let whole = RunState(run.blueprint)
  #expect(try run.train(whole, checkpoints: folder.path + "/whole") == .finished)

  let half = RunState(run.blueprint)
  #expect(try run.train(half, checkpoints: folder.path + "/halves", stopAfter: 10) == .stopped(step: 10))
  let found = try #require(try CheckpointFolder(folder.path + "/halves").newest())
  #expect(try RunState.hash(found.checkpoint) == half.hash)
  let rest = RunState(try Blueprint(found.checkpoint))
  try rest.restore(found.checkpoint)
  #expect(rest.hash == half.hash)
  try run.train(rest, checkpoints: folder.path + "/halves", workers: 2)

  let single = RunState(run.blueprint)
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
  let whole = RunState(run.blueprint)
  try run.train(whole, checkpoints: folder.path + "/whole")
  let half = RunState(run.blueprint)
  try run.train(half, checkpoints: folder.path + "/halves", stopAfter: 3)
  let fresh = RunState(run.blueprint)
  switch part {
  case "parameters": half.model.parameters.values.copy(from: fresh.model.parameters.values)
  case "average": half.model.parameters.average.copy(from: fresh.model.parameters.average)
  case "firstMoment": half.optimizer.firstMoment.fill(0)
  case "secondMoment": half.optimizer.secondMoment.fill(0)
  case "step": half.step = 2
  default: half.optimizer.updates = 0
  }
  try run.train(half, checkpoints: folder.path + "/halves")
  #expect(half.hash != whole.hash)
}

@Test func aBrokenNewestCheckpointFallsBackToTheOneBefore() throws {
  let folder = try TemporaryFolder()
  let run = try SmallRun(in: folder, steps: 6, "training.checkpointEvery=2")
  let state = RunState(run.blueprint)
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
  try run.train(RunState(run.blueprint), checkpoints: folder.path + "/run")
  let found = try #require(try CheckpointFolder(folder.path + "/run").newest())
  let wider = try SmallRun(in: folder, steps: 1, "model.width=36")
  let error = try #require(throws: CheckpointError.self) {
    try RunState(wider.blueprint).restore(found.checkpoint)
  }
  #expect(error.kind == .unfitInput)
  #expect("\(error)".contains("of another model"))
}
