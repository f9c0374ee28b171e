import Checkpoints
import Foundation
import GradientCheck
import Layers
import Models
import Tensors
import Testing

@testable import Training

private let frozen = "training.frozen=[\"text_encoder\", \"transformer.blocks.0\"]"

@Test(arguments: ["float32", "bfloat16"])
func twentyStepsWithFrozenPartsAreTenAndTenMore(precision: String) throws {
  let folder = try TemporaryFolder()
  let run = try SmallRun(in: folder, frozen, "training.frozenPrecision=\(precision)")
  let whole = RunState(run.blueprint)
  let before = whole.values
  try run.train(whole, checkpoints: folder.path + "/whole")

  let half = RunState(run.blueprint)
  try run.train(half, checkpoints: folder.path + "/halves", stopAfter: 10)
  let found = try #require(try CheckpointFolder(folder.path + "/halves").newest())
  let rest = RunState(try Blueprint(found.checkpoint))
  // What a restore leaves out would keep another value.
  for entry in rest.model.parameters.entries { rest.model.parameters.write(entry) { $0.fill(0.5) } }
  try rest.restore(found.checkpoint)
  #expect(rest.hash == half.hash)
  try run.train(rest, checkpoints: folder.path + "/halves", workers: 2)
  #expect(rest.hash == whole.hash)

  let single = RunState(run.blueprint)
  try Parallel.withThreads(1) { _ = try run.train(single, checkpoints: folder.path + "/single") }
  #expect(single.hash == whole.hash)

  for entry in whole.model.parameters.entries {
    #expect((whole.values[entry.name] == before[entry.name]) == entry.isFrozen, "\(entry.name)")
  }
}

@Test func checkpointsHoldFrozenValuesToo() throws {
  let folder = try TemporaryFolder()
  let run = try SmallRun(in: folder, steps: 3, frozen, "training.frozenPrecision=bfloat16")
  let state = RunState(run.blueprint)
  try run.train(state, checkpoints: folder.path + "/run")
  let checkpoint = try #require(try CheckpointFolder(folder.path + "/run").newest()).checkpoint
  let parameters = state.model.parameters
  for group in ["parameters", "average"] {
    #expect(Set(checkpoint.names(in: group)) == Set(parameters.entries.map(\.name)))
    for entry in parameters.entries where entry.isFrozen {
      #expect(try checkpoint.tensor(entry.name, in: group).values == state.values[entry.name])
    }
  }
  for group in ["firstMoment", "secondMoment"] {
    #expect(Set(checkpoint.names(in: group)) == Set(parameters.trainedEntries.map(\.name)))
  }
  let sizes = checkpoint.groupNames.flatMap { group in
    checkpoint.names(in: group).map { checkpoint.shape($0, in: group)!.reduce(1, *) }
  }
  let bytes = CheckpointFile.estimatedByteCount(tensors: sizes.count, floats: sizes.reduce(0, +))
  #expect(state.checkpointBytes == bytes && RunPlan(run.blueprint).checkpointBytes == bytes)
  // What is sampled and evaluated has the same frozen values.
  let loaded = try TextToVideoModel(checkpoint, Blueprint(checkpoint)).parameters
  for entry in parameters.entries where entry.isFrozen {
    #expect(loaded.values(of: entry).widened.values == state.values[entry.name])
  }
}

@Test func frozenValuesTakeLessMemory() throws {
  let folder = try TemporaryFolder()
  func plan(_ frozen: String, _ precision: String) throws -> RunPlan {
    RunPlan(
      try SmallRun(
        in: folder, "textEncoder.width=256", "textEncoder.feedForward=512", "training.frozen=\(frozen)",
        "training.frozenPrecision=\(precision)"
      ).blueprint)
  }
  let plain = try plan("[]", "bfloat16")
  let kept = try plan("[\"text_encoder\"]", "float32")
  let narrow = try plan("[\"text_encoder\"]", "bfloat16")
  #expect(plain.frozenParameters == 0)
  #expect(kept.parameters == plain.parameters && kept.frozenParameters == narrow.frozenParameters)
  // Gradients, both moments and the average are gone, and all that the way back would read.
  #expect(plain.peakBytes - kept.peakBytes > 16 * kept.frozenParameters)
  #expect(narrow.peakBytes < kept.peakBytes)
  #expect(narrow.operationsPerStep == kept.operationsPerStep)
  #expect(kept.operationsPerStep < plain.operationsPerStep)
}

@Test(arguments: [
  ("text_encodr", "did you mean \"text_encoder\"?"),
  ("transformer.blocks.1.atn1", "did you mean \"transformer.blocks.1.attn1\"?"),
  ("encoder", "the parts of the model are text_encoder, transformer."),
  ("text_encoder.decoder.layers", "the parts of text_encoder are text_encoder.encoder, text_encoder.shared."),
])
func aNameThatFreezesNothingIsRefused(prefix: String, remedy: String) throws {
  let folder = try TemporaryFolder()
  let error = try #require(throws: FreezingError.self) {
    try SmallRun(in: folder, "training.frozen=[\"\(prefix)\"]")
  }
  #expect("\(error)" == "training.frozen: no parameter is called \"\(prefix)\" or lies in it; \(remedy)")
}

@Test func freezingEverythingIsRefused() throws {
  let folder = try TemporaryFolder()
  let error = try #require(throws: FreezingError.self) {
    try SmallRun(in: folder, "training.frozen=[\"text_encoder\", \"transformer\"]")
  }
  #expect(error == .everything && "\(error)".contains("nothing to train"))
}

extension RunState {
  /// All parameters' values by name.
  fileprivate var values: [String: [Float]] {
    let parameters = model.parameters
    return Dictionary(
      uniqueKeysWithValues: parameters.entries.map { ($0.name, parameters.values(of: $0).widened.values) })
  }
}
