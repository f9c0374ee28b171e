import Fields
import Foundation
import Tensors
import Testing

@testable import Recipes
@testable import Tasks

/// A recipe of version 1 with every key that has moved since.
private let old = """
  {
    "data": {"train": "clips", "frames": 8, "height": 32, "width": 32, "frameRate": 8, "ahead": 3},
    "objective": {"prediction": "clip"},
    "optimizer": {"clipNorm": 2, "warmup": 7, "averageDecay": 0.5},
    "training": {"steps": 100, "batch": 6, "accumulate": 2, "recompute": true, "start": "base.h5",
      "frozen": ["text_encoder"], "frozenPrecision": "bfloat16"}
  }
  """

@Suite struct RecipeVersionTests {
  @Test(arguments: [false, true])
  func aRecipeOfVersionOneIsLifted(namesIt: Bool) throws {
    let text = namesIt ? old.replacingOccurrences(of: "\"data\"", with: "\"version\": 1, \"data\"") : old
    let recipe = try Recipe.parse(text, name: "r.json")
    #expect(recipe.data.prefetch == 3 && recipe.textToVideo.objective.flow.prediction == .x0)
    #expect(recipe.optimizer.gradientClipNorm == 2 && recipe.optimizer.warmupSteps == 7)
    #expect(recipe.optimizer.emaDecay == 0.5)
    #expect(recipe.training.batchSize == 6 && recipe.training.gradientAccumulation == 2)
    #expect(recipe.training.activationCheckpointing)
    #expect(recipe.start.from == "base.h5" && recipe.start.frozen.map(\.text) == ["text_encoder"])
    #expect(recipe.start.frozenPrecision == .bfloat16 && recipe.kind == .textToVideo)
    let again = try Recipe.parse(recipe.resolvedJSON(), name: "again")
    #expect(again == recipe && again.resolvedJSON().contains("\"version\": 2"))
  }

  @Test func whatIsWrongInItIsShownWhereItStands() {
    #expect(
      complaints(old.replacingOccurrences(of: "\"batch\": 6", with: "\"batch\": 0")) == [
        "r.json:5:39: training.batchSize: must be an integer from 1 to 4096, but is 0"
      ])
  }

  @Test func oldNamesInANewRecipeAreToldTheNewOnes() {
    #expect(
      complaints(adding("\"version\": 2, \"optimizer\": {\"warmup\": 5}")) == [
        "r.json:9:31: unknown key optimizer.warmup, since version 2 it is called optimizer.warmupSteps"
      ])
    #expect(
      complaints(smallest, "training.batch=4") == [
        "--set training.batch=4: unknown key training.batch, since version 2 it is called training.batchSize"
      ])
  }

  @Test func bothNamesOfAKeyAreOneTooMany() {
    #expect(
      complaints(adding("\"optimizer\": {\"warmup\": 5, \"warmupSteps\": 6}")) == [
        "r.json:9:27: optimizer.warmup: is here beside optimizer.warmupSteps, its name since version 2; keep one of them"
      ])
  }

  @Test func laterVersionsAreRefused() {
    #expect(
      complaints(adding("\"version\": 3")) == [
        "r.json:9:14: version: is 3, which a newer version of this program writes; this one reads up to 2"
      ])
  }

  @Test func keysOfAnotherKindAreNamedAsSuch() {
    #expect(
      complaints(adding("\"objective\": {\"strength\": 0.5}")) == [
        "r.json:9:17: unknown key objective.strength, which belongs to task.kind \"denoising\""
      ])
    #expect(
      complaints(adding("\"task\": {\"kind\": \"denoisng\"}")) == [
        "r.json:9:20: task.kind: must be \"textToVideo\" or \"denoising\" or \"maskedAutoencoder\" or \"jointEmbedding\" or \"classification\" or \"autoencoder\", but is the string \"denoisng\"; did you mean \"denoising\"?"
      ])
  }

  @Test func theKindDecidesWhichKeysThereAre() throws {
    let recipe = try Recipe.parse(
      adding("\"task\": {\"kind\": \"denoising\"}, \"objective\": {\"strength\": 0.25}"), name: "r.json")
    #expect(recipe.kind == .denoising && recipe.task.samples == nil)
    #expect(recipe.resolvedJSON().contains("\"strength\": 0.25"))
    #expect(!recipe.resolvedJSON().contains("\"prompts\""))
    #expect(try Recipe.parse(recipe.resolvedJSON(), name: "again") == recipe)
  }
}
