import Checkpoints
import Clips
import Recipes
import Tasks
import Tensors
import Testing

@testable import Training

/// Classifiers go the whole way of a run, from nothing and from encoders that were pretrained without labels.
struct ClassificationRunTests {
  static let encoder = "{\"width\": 24, \"depth\": 2, \"heads\": 2, \"patch\": [2, 4, 4]}"

  static func kind(_ more: String = "", model: String = encoder) -> String {
    """
    "task": {"kind": "classification"}, "model": \(model),
    "augmentation": {"mixup": 0.8, "cutmix": 1, "erase": 0.25, "labelSmoothing": 0.1},
    "objective": {"dropPath": 0.2}\(more)
    """
  }

  @Test(arguments: ["", ", \"head\": {\"pooling\": \"attentive\", \"depth\": 1}"])
  func aRunGoesOnToTheBitOnAnyNumberOfThreads(head: String) throws {
    let folder = try TemporaryFolder()
    let run = try SmallRun(in: folder, steps: 6, kind: Self.kind(head), [])
    let whole = try RunState(run.blueprint)
    try run.train(whole, checkpoints: folder.path + "/whole", workers: 2)
    let half = try RunState(run.blueprint)
    try run.train(half, checkpoints: folder.path + "/halves", stopAfter: 3)
    let found = try #require(try CheckpointFolder(folder.path + "/halves").newest())
    #expect(found.checkpoint.attributes["classes"] == .text("down\nleft\nright\nup"))
    let rest = try RunState(Blueprint(found.checkpoint))
    try rest.restore(found.checkpoint)
    try run.train(rest, checkpoints: folder.path + "/halves")
    #expect(rest.hash == whole.hash)
    let single = try RunState(run.blueprint)
    try Parallel.withThreads(1) { _ = try run.train(single, checkpoints: folder.path + "/single") }
    #expect(single.hash == whole.hash)
  }

  /// A base of two steps of masked pretraining.
  private func base(_ folder: TemporaryFolder) throws -> LoadedBase {
    let run = try SmallRun(in: folder, steps: 2, kind: MaskedAutoencoderRunTests.kind, [])
    let state = try RunState(run.blueprint)
    try run.train(state, checkpoints: folder.path + "/base")
    return try LoadedBase(try #require(try CheckpointFolder(folder.path + "/base").newest()).checkpoint)
  }

  private func run(_ folder: TemporaryFolder, _ method: String, _ more: String = "") throws -> SmallRun {
    try SmallRun(
      in: folder, steps: 2, kind: Self.kind(more), ["start.method=\(method)", "start.from=base"])
  }

  @Test(arguments: ["full", "head", "lora"], ["", ", \"head\": {\"pooling\": \"attentive\", \"depth\": 1}"])
  func theEncoderOfAMaskedAutoencoderGoesOn(method: String, head: String) throws {
    let (before, after) = (try TemporaryFolder(), try TemporaryFolder())
    let base = try base(before)
    let run = try run(after, method, head)
    let blueprint = try Blueprint(run.recipe, run.manifest, base: base)
    let state = try RunState(blueprint, base: base)
    let report = try state.begin(from: base)
    let isMean = head.isEmpty
    #expect(
      report.fresh.allSatisfy { name in ["fc_norm", "pooler", "classifier"].contains { name.hasPrefix($0) } })
    #expect(report.unused.contains("decoder.head.weight") && report.unused.contains("mask_token"))
    #expect(report.unused.contains("videomae.layernorm.weight") == isMean)
    #expect(report.taken.allSatisfy { $0.hasPrefix("videomae.") } && !report.taken.isEmpty)
    let name = "videomae.encoder.layer.1.output.dense.weight"
    let entry = try #require(state.parameters.entries.first { $0.name == name })
    #expect(entry.isFrozen == (method != "full"))
    let taken = Tensor(entry.shape)
    try base.weights.read(name, into: UnsafeMutableBufferPointer(start: taken.pointer, count: taken.count))
    #expect(state.parameters.values(of: entry).widened.values == taken.values)
    #expect(
      state.parameters.trainedEntries.contains { $0.name == "classifier.weight" },
      "the head is trained by every method")

    try Trainer(
      state, loader: run.loader(for: blueprint, from: 0), folder: CheckpointFolder(after.path + "/run"),
      observer: Witness()
    ).run()
    let found = try #require(try CheckpointFolder(after.path + "/run").newest())
    let isAdapter = method != "full"
    let model = try LoadedModel(found.checkpoint, Blueprint(found.checkpoint), base: isAdapter ? base : nil)
    #expect(model.subject.parameters.entries.count == state.parameters.entries.count)
  }

  @Test func anEncoderOfOtherSizesIsRefusedInWords() throws {
    let (before, after) = (try TemporaryFolder(), try TemporaryFolder())
    let base = try base(before)
    let other = "{\"width\": 24, \"depth\": 2, \"heads\": 2, \"patch\": [2, 8, 8]}"
    let run = try SmallRun(in: after, steps: 2, kind: Self.kind(model: other), [])
    let error = #expect(throws: BaseFitError.self) {
      try RunState(Blueprint(run.recipe, run.manifest, base: base), base: base)
    }
    #expect(
      error?.description
        == "The base's encoder is another one than the recipe's: model.patch is [2, 8, 8], the base's [2, 4, 4]; "
        + "give the recipe the base's.")
  }

  @Test func aBaseOfNoEncoderIsRefused() throws {
    let (before, after) = (try TemporaryFolder(), try TemporaryFolder())
    let captioned = try SmallRun(in: before, steps: 1)
    let state = try RunState(captioned.blueprint)
    try captioned.train(state, checkpoints: before.path + "/base")
    let base = try LoadedBase(try #require(try CheckpointFolder(before.path + "/base").newest()).checkpoint)
    let run = try run(after, "full")
    let error = #expect(throws: BaseError.self) {
      try RunState(Blueprint(run.recipe, run.manifest, base: base), base: base)
    }
    #expect(
      error?.description.contains("is of task.kind \"textToVideo\", and the recipe of \"classification\"")
        == true)
  }

  @Test func theRecipeOfAFinetunedEncoderIsOneOfClasses() throws {
    let folder = try TemporaryFolder()
    let recipe = try SmallRun(
      in: folder, steps: 2, kind: MaskedAutoencoderRunTests.kind, ["optimizer.emaApproach=false"]
    ).recipe
    let text = recipe.finetuning(
      FinetuneSettings(
        from: "base.h5", method: .head, data: "clips", clips: 10, validation: nil, remember: nil,
        captions: []))
    let other = try Recipe.parse(text, name: "fine-tuned")
    #expect(other.kind == .classification && other.start.method == .head)
    #expect(text.contains("\"layout\": \"videoMAE\"") && !text.contains("\"decoder\""))
    #expect(!recipe.optimizer.approachesEmaDecay && other.optimizer.approachesEmaDecay)
  }
}
