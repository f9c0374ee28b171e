import Fields
import Layers
import Testing

@testable import Recipes
@testable import Tasks

@Suite struct StartSectionTests {
  private func recipe(_ overrides: String...) throws -> Recipe {
    try Recipe.parse(smallest, name: "r.json", overrides: overrides)
  }

  private func policy(_ overrides: String..., grown: [String: Int] = [:]) throws -> ParameterPolicy {
    let recipe = try Recipe.parse(smallest, name: "r.json", overrides: overrides)
    return recipe.start.policy(for: recipe.task, grown: grown)
  }

  @Test func withoutAStartEverythingIsTrained() throws {
    #expect(try policy() == .trainEverything)
    #expect(try !recipe().start.isAdapter)
  }

  @Test func adaptersFreezeAllElseAndGoToAttentionAndFeedForward() throws {
    let policy = try policy(
      "start.method=lora", "start.lora.rank=4", "start.lora.alpha=8", grown: ["text_encoder.shared.weight": 9]
    )
    #expect(policy.isFrozen("transformer.proj_out.weight"))
    let lora = try #require(policy.lora)
    #expect(lora.rank == 4 && lora.scale == 2)
    for name in ["transformer.blocks.3.attn1.to_q.weight", "transformer.blocks.0.ffn.net.2.weight"] {
      #expect(lora.targets.contains { $0.matches(name) }, "\(name)")
    }
    #expect(!lora.targets.contains { $0.matches("transformer.patch_embedding.weight") })
    #expect(policy.keptRows == ["text_encoder.shared.weight": 9])
    // Alpha follows the rank unless it is given.
    #expect(try recipe("start.method=lora", "start.lora.rank=4").start.alpha == 4)
    #expect(
      try self.policy("start.method=lora", "start.lora.targets=[\"*.to_v\"]").lora?.targets == [
        NamePattern("*.to_v")
      ])
  }

  @Test func aHeadIsTheTasksOwnAndWhatIsFresh() throws {
    let policy = try policy(
      "task.kind=denoising", "start.method=head", "start.fresh=[\"transformer.blocks.11\"]")
    #expect(!policy.isFrozen("transformer.proj_out.weight"))
    #expect(!policy.isFrozen("transformer.blocks.11.norm2.weight"))
    #expect(policy.isFrozen("transformer.blocks.1.norm2.weight"))
  }

  @Test func learningRatesFollowPatternsAndLayers() throws {
    let policy = try policy(
      "start.layerDecay=0.5", "model.depth=3", "start.learningRates={\"text_encoder\": 0.1, \"*.norm2\": 0}")
    #expect(policy.rateFactor("transformer.blocks.2.attn1.to_q.weight") == 1)
    #expect(policy.rateFactor("transformer.blocks.0.attn1.to_q.weight") == 0.25)
    #expect(policy.rateFactor("text_encoder.shared.weight") == 0.1)
    #expect(policy.rateFactor("transformer.blocks.0.norm2.weight") == 0)
    #expect(policy.rateFactor("transformer.proj_out.weight") == 1)
    #expect(policy.rateFactor("transformer.patch_embedding.weight") == 0.125)
    #expect(policy.rateFactor("transformer.condition_embedder.time_proj.weight") == 0.125)
    let table = try self.policy("start.layerDecay=0.5", "textEncoder.depth=2")
    #expect(table.rateFactor("text_encoder.shared.weight") == 0.25)
  }

  @Test func whatIsFreshIsTrainedWhateverIsFrozen() throws {
    let policy = try policy(
      "start.frozen=[\"transformer\"]", "start.fresh=[\"transformer.proj_out\"]")
    #expect(
      !policy.isFrozen("transformer.proj_out.weight") && policy.isFrozen("transformer.blocks.0.norm2.weight"))
  }

  @Test(arguments: [
    (
      "start.method=lor",
      "start.method: must be \"full\" or \"lora\" or \"head\", but is the string \"lor\"; did you mean \"lora\"?"
    ),
    ("start.lora.rank=0", "start.lora.rank: must be an integer from 1 to 4096, but is 0"),
    (
      "start.learningRates={\"a\": -1}",
      "start.learningRates.a: must be a number from 0 to 1000, but is -1"
    ),
    (
      "start.learningRates=[1]",
      "start.learningRates: must be an object of names, each with a number from 0 to 1000, but is a list of 1 value"
    ),
  ])
  func refuses(setting: String, complaint: String) {
    #expect(complaints(smallest, setting) == ["--set \(setting): \(complaint)"])
  }

  @Test func fineTuningKeepsTheModelAndChoosesStepsByTheClips() throws {
    let base = try recipe(
      "training.batchSize=32", "optimizer.learningRate=0.002", "data.validation=held-out", "data.index=i",
      "start.frozen=[\"text_encoder\"]", "data.root=clips")
    func tuned(_ method: StartSection.Method, clips: Int, remember: Bool = true) throws -> Recipe {
      try Recipe.parse(
        base.finetuning(
          FinetuneSettings(
            from: "run", method: method, data: "new", clips: clips, validation: nil,
            remember: remember ? base.known.first : nil,
            captions: ["a", "b"])),
        name: "tuned")
    }
    let forgetful = try tuned(.lora, clips: 320, remember: false).evaluation
    #expect(forgetful.remember == nil && forgetful.rememberRoot == nil)
    let lora = try tuned(.lora, clips: 320)
    #expect(lora.training.steps == 600 && lora.training.batchSize == 32)
    #expect(lora.optimizer.learningRate == 0.002 && lora.start.from == "run" && lora.start.method == .lora)
    #expect(lora.data.train == "new" && lora.data.validation == nil && lora.data.index == nil)
    #expect(lora.data.root == nil && lora.evaluation.rememberRoot == "clips")
    #expect(lora.start.frozen.isEmpty && lora.evaluation.remember == "held-out" && lora.evaluation.keepBest)
    #expect(lora.textToVideo.samples?.prompts == ["a", "b"])
    #expect(lora.textToVideo.transformer == base.textToVideo.transformer)
    #expect(lora.training.validateEvery == 120 && lora.optimizer.warmupSteps == 30)
    #expect(try tuned(.full, clips: 320).optimizer.learningRate == 0.0005)
    #expect(try tuned(.lora, clips: 5).training.batchSize == 5)
    #expect(try tuned(.lora, clips: 1_000_000).training.steps == 4000)
  }
}
