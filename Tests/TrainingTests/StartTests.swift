import Checkpoints
import Foundation
import Manifests
import Optimizers
import Tasks
import Tensors
import Testing
import Tokens

@testable import Training

/// A small run of three steps with words for tokens, and its last checkpoint.
private func trained(in folder: TemporaryFolder) throws -> LoadedBase {
  let run = try SmallRun(in: folder, steps: 3, "tokenizer.kind=words", "optimizer.emaDecay=0.5")
  try run.train(RunState(run.blueprint), checkpoints: folder.path + "/start")
  return try LoadedBase(#require(try CheckpointFolder(folder.path + "/start").newest()).checkpoint)
}

/// A state by a recipe, started from a base.
private func begun(
  _ folder: TemporaryFolder, _ base: LoadedBase, _ overrides: String...
) throws -> (RunState, LoadingReport) {
  let run = try SmallRun(in: folder, steps: 20, ["tokenizer.kind=words", "seed=99"] + overrides)
  let state = try RunState(Blueprint(run.recipe, run.manifest, base: base))
  return (state, try state.begin(from: base))
}

@Test func aRunStartsFromTheAverageOfACheckpoint() throws {
  let folder = try TemporaryFolder()
  let base = try trained(in: folder)
  let (state, report) = try begun(folder, base)
  let parameters = state.parameters
  #expect(report.taken == parameters.entries.map(\.name) && report.fresh.isEmpty && report.unused.isEmpty)
  for entry in parameters.entries {
    let average = try base.values(entry.name)
    #expect(parameters.values(of: entry).values == average)
    #expect(parameters.average.view(at: entry.offset, entry.shape).values == average)
  }
  #expect(state.step == 0 && state.optimizer.updates == 0)
  #expect((state.optimizer as! AdamW).firstMoment.sumOfSquares == 0)
}

@Test func frozenValuesAreTakenOverRounded() throws {
  let folder = try TemporaryFolder()
  let base = try trained(in: folder)
  let (state, _) = try begun(
    folder, base, "start.frozen=[\"text_encoder\"]", "start.frozenPrecision=bfloat16")
  for entry in state.parameters.entries where entry.isFrozen {
    #expect(
      state.parameters.values(of: entry).widened.values
        == Tensor(try base.values(entry.name), entry.shape).converted(to: .bfloat16).widened.values)
  }
}

@Test func whatTheBaseLacksIsRefusedUnlessItIsNamed() throws {
  let folder = try TemporaryFolder()
  let base = try trained(in: folder)
  let error = try #require(throws: LoadingError.self) { try begun(folder, base, "model.depth=3") }
  #expect(!error.missing.isEmpty && error.missing.allSatisfy { $0.hasPrefix("transformer.blocks.2.") })
  #expect("\(error)".contains("name them in start.fresh"))
  let (state, report) = try begun(
    folder, base, "model.depth=3", "start.fresh=[\"transformer.blocks.2\"]")
  #expect(report.fresh == error.missing)
  let anew = try RunState(state.blueprint).parameters
  for entry in anew.entries where report.fresh.contains(entry.name) {
    #expect(state.parameters.values(of: entry).values == anew.values(of: entry).values)
  }
}

@Test func whatIsLeftOverIsRefusedUnlessItIsNamed() throws {
  let folder = try TemporaryFolder()
  let base = try trained(in: folder)
  let error = try #require(throws: LoadingError.self) { try begun(folder, base, "model.depth=1") }
  #expect(!error.leftOver.isEmpty && error.leftOver.allSatisfy { $0.hasPrefix("transformer.blocks.1.") })
  #expect("\(error)".contains("name them in start.unused"))
  let (_, report) = try begun(folder, base, "model.depth=1", "start.unused=[\"transformer.blocks.1\"]")
  #expect(report.unused == error.leftOver)
  let unmatched = try #require(throws: PatternError.self) {
    try begun(folder, base, "model.depth=1", "start.unused=[\"transformer.bloks.1\"]")
  }
  #expect(
    "\(unmatched)".hasPrefix(
      "start.unused: no parameter that only the base has is called \"transformer.bloks.1\""))
  #expect("\(unmatched)".contains("did you mean \"transformer.blocks.1\"?"))
  let needless = try #require(throws: PatternError.self) {
    try begun(folder, base, "start.unused=[\"transformer.blocks\"]")
  }
  #expect("\(needless)".contains("the model has all of them, so leave start.unused out"))
}

@Test func newWordsGetRowsOfTheirOwn() throws {
  let folder = try TemporaryFolder()
  let base = try trained(in: folder)
  let run = try SmallRun(in: folder, "tokenizer.kind=words")
  let list = folder.path + "/set/other.jsonl"
  try #"{"path": "\#(run.manifest.first!.name)", "caption": "an unheard of zebra"}"#
    .write(toFile: list, atomically: true, encoding: .utf8)
  let settings = try #require(run.recipe.task.captions)
  let before = try base.blueprint.facts.textTokenizer(settings)
  func state(_ overrides: String...) throws -> RunState {
    let recipe = try SmallRun(in: folder, steps: 20, ["tokenizer.kind=words"] + overrides).recipe
    let state = try RunState(Blueprint(recipe, Manifest.load(list), base: base))
    let report = try state.begin(from: base)
    #expect(report.fresh.isEmpty && report.unused.isEmpty)
    let words = try state.blueprint.facts.textTokenizer(settings)
    #expect(
      words.addedWords(since: before)
        == ["an", "of", "unheard", "zebra"].filter { !before.words.contains($0) })
    return state
  }
  let table = "text_encoder.shared.weight"
  let old = try base.values(table)

  // All of it is trained: one table, whose first rows are the base's.
  let full = try state()
  let whole = try #require(full.parameters.entries.first { $0.name == table })
  let rows = full.parameters.values(of: whole).values
  #expect(rows.count > old.count && Array(rows.prefix(old.count)) == old)
  #expect(rows.suffix(rows.count - old.count).contains { $0 != 0 })

  // Adapters: the base's table is frozen, and the new rows lie apart and are trained.
  let adapter = try state("start.method=lora", "start.from=base", "start.lora.rank=2")
  let kept = try #require(adapter.parameters.entries.first { $0.name == table })
  #expect(kept.isFrozen && adapter.parameters.values(of: kept).values == old)
  let new = try #require(adapter.parameters.entries.first { $0.role == .newRows })
  #expect(!new.isFrozen && new.shape == [(rows.count - old.count) / kept.shape[1], kept.shape[1]])

  // All but the table is trained: whoever starts from that finds one table again.
  let apart = try state("start.frozen=[\"text_encoder\"]", "start.from=base", "training.steps=1")
  try Trainer(
    apart, loader: run.loader(from: 0), folder: CheckpointFolder(folder.path + "/apart"), observer: Witness()
  ).run()
  let next = try LoadedBase(#require(try CheckpointFolder(folder.path + "/apart").newest()).checkpoint)
  #expect(next.weights.names == full.parameters.entries.map(\.name).sorted())
  let joined = try next.values(table)
  #expect(joined.count == rows.count && Array(joined.prefix(old.count)) == old)
  let rest = try #require(apart.parameters.entries.first { $0.role == .newRows })
  #expect(
    Array(joined.suffix(rest.count)) == apart.parameters.average.view(at: rest.offset, rest.shape).values)
  let following = try SmallRun(in: folder, steps: 20, "tokenizer.kind=words").recipe
  let again = try RunState(Blueprint(following, Manifest.load(list), base: next))
  #expect(try again.begin(from: next).taken == again.parameters.entries.map(\.name))
}

@Test func otherShapesAreRefusedByName() throws {
  let folder = try TemporaryFolder()
  let base = try trained(in: folder)
  let error = try #require(throws: LoadingError.self) { try begun(folder, base, "model.feedForward=40") }
  #expect("\(error)".hasPrefix("The weights of \(base.path) are not those of this recipe's model:"))
  #expect("\(error)".contains("transformer.blocks.0.ffn.net.0.proj.weight is [96, 24] instead of [40, 24]"))
}

@Test func anotherTokenizerIsRefused() throws {
  let folder = try TemporaryFolder()
  let base = try trained(in: folder)
  let error = try #require(throws: TaskFactsError.self) { try begun(folder, base, "tokenizer.kind=bytes") }
  #expect(error == .otherTokenizer(theirs: "words", ours: "bytes"))
  #expect("\(error)".contains("tokenizer.kind"))
}

@Test func aBaseOfAnotherKindIsRefused() throws {
  let folder = try TemporaryFolder()
  let base = try trained(in: folder)
  let error = try #require(throws: BaseError.self) {
    try begun(folder, base, "task.kind=denoising", "objective={}")
  }
  #expect(error == .otherKind(path: base.path, theirs: "textToVideo", ours: "denoising"))
}

extension LoadedBase {
  /// The values of one of its tensors.
  fileprivate func values(_ name: String) throws -> [Float] {
    let target = Tensor(try #require(weights.shape(name)))
    try weights.read(name, into: target.buffer)
    return target.values
  }
}
