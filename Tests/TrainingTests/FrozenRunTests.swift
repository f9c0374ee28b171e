import Checkpoints
import Foundation
import GradientCheck
import Layers
import Tensors
import Testing

@testable import Training

private let frozen = "start.frozen=[\"text_encoder\", \"transformer.blocks.0\"]"

@Test(arguments: ["float32", "bfloat16"])
func twentyStepsWithFrozenPartsAreTenAndTenMore(precision: String) throws {
  let folder = try TemporaryFolder()
  let run = try SmallRun(in: folder, frozen, "start.frozenPrecision=\(precision)")
  let whole = try RunState(run.blueprint)
  let before = whole.values
  try run.train(whole, checkpoints: folder.path + "/whole")

  let half = try RunState(run.blueprint)
  try run.train(half, checkpoints: folder.path + "/halves", stopAfter: 10)
  let found = try #require(try CheckpointFolder(folder.path + "/halves").newest())
  let rest = try RunState(Blueprint(found.checkpoint))
  // What a restore leaves out would keep another value.
  for entry in rest.parameters.entries { rest.parameters.write(entry) { $0.fill(0.5) } }
  try rest.restore(found.checkpoint)
  #expect(rest.hash == half.hash)
  try run.train(rest, checkpoints: folder.path + "/halves", workers: 2)
  #expect(rest.hash == whole.hash)

  let single = try RunState(run.blueprint)
  try Parallel.withThreads(1) { _ = try run.train(single, checkpoints: folder.path + "/single") }
  #expect(single.hash == whole.hash)

  for entry in whole.parameters.entries {
    #expect((whole.values[entry.name] == before[entry.name]) == entry.isFrozen, "\(entry.name)")
  }
}

@Test func checkpointsHoldFrozenValuesOnce() throws {
  let folder = try TemporaryFolder()
  let run = try SmallRun(in: folder, steps: 3, frozen, "start.frozenPrecision=bfloat16")
  let state = try RunState(run.blueprint)
  try run.train(state, checkpoints: folder.path + "/run")
  let checkpoint = try #require(try CheckpointFolder(folder.path + "/run").newest()).checkpoint
  let parameters = state.parameters
  let frozen = parameters.entries.filter(\.isFrozen)
  #expect(Set(checkpoint.names(in: "frozen")) == Set(frozen.map(\.name)))
  for entry in frozen {
    #expect(try checkpoint.tensor(entry.name, in: "frozen").values == state.values[entry.name])
  }
  for group in ["parameters", "average", "firstMoment", "secondMoment"] {
    #expect(Set(checkpoint.names(in: group)) == Set(parameters.trainedEntries.map(\.name)))
  }
  let sizes = checkpoint.groupNames.flatMap { group in
    checkpoint.names(in: group).map { checkpoint.shape($0, in: group)!.reduce(1, *) }
  }
  let bytes = CheckpointFile.estimatedByteCount(tensors: sizes.count, floats: sizes.reduce(0, +))
  #expect(state.checkpointBytes == bytes)
  #expect(try RunPlan(run.blueprint).checkpointBytes == bytes)
  // What is sampled and evaluated has the same frozen values.
  let loaded = try LoadedModel(checkpoint, Blueprint(checkpoint)).subject.parameters
  for entry in parameters.entries where entry.isFrozen {
    #expect(loaded.values(of: entry).widened.values == state.values[entry.name])
  }
}

@Test func frozenValuesTakeLessMemory() throws {
  let folder = try TemporaryFolder()
  func plan(_ frozen: String, _ precision: String) throws -> RunPlan {
    try RunPlan(
      try SmallRun(
        in: folder, "textEncoder.width=256", "textEncoder.feedForward=512", "start.frozen=\(frozen)",
        "start.frozenPrecision=\(precision)"
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
  let error = try #require(throws: PatternError.self) {
    try SmallRun(in: folder, "start.frozen=[\"\(prefix)\"]")
  }
  #expect("\(error)" == "start.frozen: no parameter is called \"\(prefix)\" or lies in it; \(remedy)")
}

@Test func freezingEverythingIsRefused() throws {
  let folder = try TemporaryFolder()
  let error = try #require(throws: PatternError.self) {
    try SmallRun(in: folder, "start.frozen=[\"text_encoder\", \"transformer\"]")
  }
  #expect(error == .everythingFrozen && "\(error)".contains("nothing to train"))
}

extension RunState {
  /// All parameters' values by name.
  fileprivate var values: [String: [Float]] {
    let parameters = parameters
    return Dictionary(
      uniqueKeysWithValues: parameters.entries.map { ($0.name, parameters.values(of: $0).widened.values) })
  }
}
