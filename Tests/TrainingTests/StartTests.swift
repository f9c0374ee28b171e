import Checkpoints
import Foundation
import Manifests
import Tensors
import Testing

@testable import Training

/// A small run of three steps with words for tokens, and its last checkpoint.
private func trained(in folder: TemporaryFolder) throws -> LoadedCheckpoint {
  let run = try SmallRun(in: folder, steps: 3, "tokenizer.kind=words", "optimizer.averageDecay=0.5")
  try run.train(RunState(run.blueprint), checkpoints: folder.path + "/start")
  return try #require(try CheckpointFolder(folder.path + "/start").newest()).checkpoint
}

/// A state by a recipe, started from a checkpoint.
private func begun(
  _ folder: TemporaryFolder, _ start: LoadedCheckpoint, _ override: String = "notes=none",
  captions: [String]? = nil
) throws -> (RunState, StartReport) {
  let run = try SmallRun(in: folder, "tokenizer.kind=words", "seed=99", override)
  let state = RunState(try Blueprint(run.recipe, run.manifest, start: start))
  return (state, try state.begin(from: start))
}

@Test func aRunStartsFromTheAverageOfACheckpoint() throws {
  let folder = try TemporaryFolder()
  let start = try trained(in: folder)
  let (state, report) = try begun(folder, start)
  let parameters = state.model.parameters
  #expect(report == StartReport(taken: parameters.entries.count, fresh: []))
  for entry in parameters.entries {
    let average = try start.tensor(entry.name, in: "average").values
    #expect(parameters.values(of: entry).values == average)
    #expect(state.optimizer.average.view(at: entry.offset, entry.shape).values == average)
  }
  #expect(state.step == 0 && state.optimizer.updates == 0)
  #expect(state.optimizer.firstMoment.sumOfSquares == 0)
}

@Test func frozenValuesAreTakenOverRounded() throws {
  let folder = try TemporaryFolder()
  let start = try trained(in: folder)
  let run = try SmallRun(
    in: folder, "tokenizer.kind=words", "training.frozen=[\"text_encoder\"]",
    "training.frozenPrecision=bfloat16")
  let state = RunState(try Blueprint(run.recipe, run.manifest, start: start))
  try state.begin(from: start)
  for entry in state.model.parameters.entries where entry.isFrozen {
    let (shape, values) = try start.tensor(entry.name, in: "average")
    #expect(
      state.model.parameters.values(of: entry).widened.values
        == Tensor(values, shape).converted(to: .bfloat16).widened.values)
  }
}

@Test func whatTheCheckpointLacksIsDrawnAsInAnyRun() throws {
  let folder = try TemporaryFolder()
  let start = try trained(in: folder)
  let (state, report) = try begun(folder, start, "model.depth=3")
  #expect(!report.fresh.isEmpty && report.fresh.allSatisfy { $0.hasPrefix("transformer.blocks.2.") })
  #expect(report.taken + report.fresh.count == state.model.parameters.entries.count)
  let anew = RunState(state.blueprint).model.parameters
  for entry in anew.entries where report.fresh.contains(entry.name) {
    #expect(state.model.parameters.values(of: entry).values == anew.values(of: entry).values)
  }
}

@Test func theVocabularyIsTheStarts() throws {
  let folder = try TemporaryFolder()
  let start = try trained(in: folder)
  let words = try Blueprint(start).tokenizer.words
  let run = try SmallRun(in: folder, "tokenizer.kind=words")
  let list = folder.path + "/set/other.jsonl"
  try #"{"path": "\#(run.manifest.first!.name)", "caption": "an unheard of zebra"}"#
    .write(toFile: list, atomically: true, encoding: .utf8)
  let blueprint = try Blueprint(run.recipe, Manifest.load(list), start: start)
  #expect(blueprint.tokenizer.words == words)
  #expect(blueprint.tokenizer.unknownWords(in: "an unheard of zebra").contains("zebra"))
  let report = try RunState(blueprint).begin(from: start)
  #expect(report.fresh.isEmpty)
}

@Test func otherShapesAreRefusedByName() throws {
  let folder = try TemporaryFolder()
  let start = try trained(in: folder)
  let error = try #require(throws: StartError.self) { try begun(folder, start, "model.feedForward=40") }
  #expect("\(error)".hasPrefix("training.start: parameters of \(start.path) have other shapes"))
  #expect("\(error)".contains("transformer.blocks.0.ffn.net.0.proj.weight is [96, 24] instead of [40, 24]"))
}

@Test func anotherTokenizerIsRefused() throws {
  let folder = try TemporaryFolder()
  let start = try trained(in: folder)
  let error = try #require(throws: StartError.self) { try begun(folder, start, "tokenizer.kind=bytes") }
  #expect(error == .otherTokenizer(path: start.path, theirs: "words", ours: "bytes"))
  #expect("\(error)".contains("tokenizer.kind"))
}

@Test func aCheckpointWithoutAnyOfTheParametersIsRefused() throws {
  let folder = try TemporaryFolder()
  let path = folder.path + "/strange.h5"
  try CheckpointFile.write(
    CheckpointContents(groups: ["average": [TensorRecord(name: "lens", shape: [2], values: [1, 2])]]),
    to: path)
  let run = try SmallRun(in: folder)
  let strange = try CheckpointFile.read(path)
  #expect(throws: StartError.nothingShared(path: path)) { try RunState(run.blueprint).begin(from: strange) }
}
