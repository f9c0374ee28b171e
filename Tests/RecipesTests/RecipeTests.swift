import Clips
import Fields
import Foundation
import Layers
import Models
import Testing

@testable import Recipes
@testable import Tasks

@Suite struct RecipeTests {
  @Test func fillsInDefaults() throws {
    let recipe = try Recipe.parse(smallest, name: "r.json")
    #expect(recipe.notes == [] && recipe.seed == 0)
    #expect(recipe.data.train == "clips" && recipe.data.validation == nil)
    #expect(recipe.data.clipShape == ClipShape(frames: 8, height: 32, width: 32, frameRate: 8))
    #expect(recipe.data.crop == .centre && recipe.data.start == .random)
    let task = recipe.textToVideo
    #expect(task.text.tokenizer.kind == .bytes && task.text.tokenizer.length == 128)
    #expect(task.text.encoder.headWidth == 64)
    #expect(task.transformer.patch == PatchSize(frames: 1, height: 2, width: 2))
    #expect(task.transformer.feedForward == 1536 && task.transformer.heads == 6)
    #expect(task.objective.flow == Flow(prediction: .velocity, shift: .tokens))
    #expect(recipe.optimizer.constants.beta2 == 0.95 && recipe.optimizer.schedule == .cosine)
    #expect(recipe.training.steps == 100 && recipe.training.batchSize == 8)
    #expect(task.samples?.prompts == [] && task.samples?.size.frames == 8)
    #expect(task.tokensPerClip == 8 * 16 * 16)
    #expect(recipe.start.method == .full && recipe.start.from == nil && !recipe.evaluation.keepBest)
  }

  @Test func derivesDefaultsFromWhatIsWritten() throws {
    let text = adding(#""model": {"width": 192}, "textEncoder": {"width": 64, "heads": 2}"#)
    let recipe = try Recipe.parse(text, name: "r.json")
    #expect(recipe.textToVideo.transformer.feedForward == 768)
    #expect(recipe.textToVideo.text.encoder.headWidth == 32)
  }

  @Test func readsTheFreeForms() throws {
    func recipe(_ section: String) throws -> Recipe { try Recipe.parse(adding(section), name: "r.json") }
    #expect(try recipe(#""notes": "one""#).notes == ["one"])
    #expect(try recipe(#""notes": ["one", ""]"#).notes == ["one", ""])
    #expect(
      try recipe(#""objective": {"times": {"shift": 4}}"#).textToVideo.objective.flow.shift == .constant(4))
    #expect(
      try recipe(#""objective": {"times": {"shift": "tokens"}}"#).textToVideo.objective.flow.shift == .tokens)
    #expect(try recipe(#""seed": 7.0, "$schema": "x.json""#).seed == 7)
    #expect(try recipe(#""optimizer": {"gradientClipNorm": 0}"#).optimizer.gradientClipNorm == 0)
  }

  /// Models compute in single precision, which takes 1e-50 for 0 and 0.99999999999 for 1.
  @Test(arguments: [
    #""epsilon": 1e-50"#, #""epsilon": 1e-40"#, #""betas": [0.9, 0.99999999999]"#, #""learningRate": 1e-60"#,
    #""gradientClipNorm": 1e-50"#, #""spikeFactor": 0.5"#,
  ])
  func numbersAreThoseOfSinglePrecision(key: String) {
    let error = #expect(throws: RecipeErrors.self) {
      try Recipe.parse(adding(#""optimizer": {\#(key)}"#), name: "r.json")
    }
    #expect(error?.description.contains("optimizer.") == true, "\(error?.description ?? "")")
  }

  @Test func loadsTheRecipesOfThisPackage() throws {
    let folder = packageFolder.appendingPathComponent("Recipes")
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).filter {
      $0.hasSuffix(".json")
    }
    #expect(names.contains("quickstart.json"))
    for name in names {
      #expect(throws: Never.self) { try Recipe.load(path: folder.appendingPathComponent(name).path) }
    }
  }

  @Test func tellsAllProblemsAtOnceInOrder() {
    let text = """
      {
        "sed": 3,
        "data": {
          "train": "",
          "frames": 8, "frames": 9,
          "heigth": 32,
          "width": "32",
          "frameRate": 0
        },
        "model": [],
        "optimizer": {"betas": [0.9, 1], "schedule": "cosin"},
        "training": {"steps": 1.5}
      }
      """
    #expect(
      complaints(text) == [
        "r.json:2:3: unknown key sed, did you mean seed?",
        "r.json:3:11: data.height: is missing; add \"height\", an integer from 4 to 4096: height of a clip in pixels.",
        "r.json:4:14: data.train: must be a string that is not empty, but is the string \"\"",
        "r.json:5:18: data.frames: is here a second time; keep one of the two",
        "r.json:6:5: unknown key data.heigth, did you mean data.height?",
        "r.json:7:14: data.width: must be an integer from 4 to 4096, but is the string \"32\"; write it without quotes",
        "r.json:8:18: data.frameRate: must be a number above 0 and at most 240, but is 0",
        "r.json:10:12: model: must be an object, { … }, but is a list of 0 values",
        "r.json:11:32: optimizer.betas[1]: must be a number at least 0 and below 1, but is 1",
        "r.json:11:48: optimizer.schedule: must be \"cosine\" or \"constant\" or \"linear\", but is the string \"cosin\"; "
          + "did you mean \"cosine\"?",
        "r.json:12:25: training.steps: must be an integer from 1 to 1000000000, but is 1.5",
      ])
  }

  @Test func givesProblemsInParts() {
    let error = #expect(throws: RecipeErrors.self) { try Recipe.parse(changed("8,", "0,"), name: "a/b.json") }
    let problem = error?.problems.first
    #expect(problem?.source == "a/b.json" && problem?.line == 4 && problem?.column == 15)
    #expect(problem?.key == "data.frames")
    #expect(problem?.message == "data.frames: must be an integer from 1 to 1024, but is 0")
  }

  @Test(arguments: [
    ("[]", "r.json:1:1: must be an object, { … }, but is a list of 0 values"),
    ("{\n  \"data\": {,}}", "r.json:2:12: expected a key in double quotes, found ','"),
    (
      changed("\"clips\"", "null"),
      "r.json:3:14: data.train: must be a string that is not empty, but is null; leave the key out instead"
    ),
    (
      changed("\"clips\"", "7"),
      "r.json:3:14: data.train: must be a string that is not empty, but is 7; put it in double quotes"
    ),
    (
      changed("\"clips\"", "\"clips\", \"steps\": 5"),
      "r.json:3:23: unknown key data.steps, did you mean training.steps?"
    ),
    (
      changed("\"clips\"", "\"clips\", \"a b\": 5"),
      "r.json:3:23: unknown key data.\"a b\", the keys of data are train, validation, root, index, verify, packed, latents, limits, frames, height, width, frameRate, shapes, shapeChoice, workers, prefetch, cacheMegabytes, crop, cropScale, cropRatio, start, balance, badClipTolerance"
    ),
    (adding("\"notes\": [1]"), "r.json:9:13: notes[0]: must be a string, but is 1; put it in double quotes"),
    (
      adding("\"notes\": {}"),
      "r.json:9:12: notes: must be a string, or a list of up to 1000 values, each a string, but is an object"
    ),
    (
      adding("\"model\": {\"patch\": [1, 2]}"),
      "r.json:9:22: model.patch: must be a list of 3 values, each an integer from 1 to 64, but is a list of 2 values"
    ),
    (
      adding("\"model\": {\"pooledText\": \"true\"}"),
      "r.json:9:27: model.pooledText: must be true or false, but is the string \"true\"; write it without quotes"
    ),
    (
      adding("\"model\": {\"frequencyWidth\": 7}"),
      "r.json:9:31: model.frequencyWidth: must be even, half sines and half cosines, but is 7"
    ),
    (
      adding("\"objective\": {\"times\": {\"shift\": \"token\"}}"),
      "r.json:9:36: objective.times.shift: must be a number above 0 and at most 100, or \"tokens\", but is the string \"token\""
    ),
    (adding("\"seed\": -1"), "r.json:9:11: seed: must be an integer, at least 0, but is -1"),
    (
      changed("\"height\": 32", "\"height\": 33"),
      "r.json:5:15: data.height: 33 is no multiple of the 2 rows of a patch (model.patch); 32 or 34 would fit"
    ),
    (
      adding("\"model\": {\"patch\": [3, 64, 2]}"),
      "r.json:4:15: data.frames: 8 is no multiple of the 3 frames of a patch (model.patch); 6 or 9 would fit|r.json:5:15: data.height: 32 is no multiple of the 64 rows of a patch (model.patch); 64 would fit"
    ),
    (
      adding("\"model\": {\"patch\": [2, 2, 2]}, \"samples\": {\"frames\": 5}"),
      "r.json:9:56: samples.frames: 5 is no multiple of the 2 frames of a patch (model.patch); 4 or 6 would fit"
    ),
    (
      changed("\"frames\": 8", "\"frames\": 1024").replacingOccurrences(of: "32,", with: "128,"),
      "r.json:4:15: model.patch: 1024 × 128 × 128 in patches of 1 × 2 × 2 make 4194304 tokens a clip, more than 1000000; take larger patches, or a shorter or smaller clip"
    ),
    (
      adding("\"model\": {\"heads\": 5}"),
      "r.json:9:22: model.heads: 5 cannot share model.width 384: each head takes an equal, even number of values, at least 6 (positions rotate them in pairs along three axes); 4 or 6 would fit"
    ),
    (
      adding("\"model\": {\"heads\": 96}"),
      "r.json:9:22: model.heads: 96 cannot share model.width 384: each head takes an equal, even number of values, at least 6 (positions rotate them in pairs along three axes); 64 would fit"
    ),
    (
      adding("\"model\": {\"width\": 7}"),
      "r.json:9:22: model.heads: 6 cannot share model.width 7: each head takes an equal, even number of values, at least 6 (positions rotate them in pairs along three axes); no number of heads fits that width, take a multiple of 64 for it"
    ),
    (
      adding("\"textEncoder\": {\"heads\": 3}"),
      "r.json:9:28: textEncoder.heads: 3 does not divide textEncoder.width 256; change one of them, or say how wide a head is with textEncoder.headWidth"
    ),
    (
      changed("\"steps\": 100", "\"steps\": 1, \"batchSize\": 4096, \"gradientAccumulation\": 17"),
      "r.json:9:41: training.batchSize: 4096 clips a batch × 17 batches a step (training.gradientAccumulation) are 69632 clips a step, more than 65536; make one of them smaller"
    ),
  ])
  func refuses(text: String, complaint: String) {
    #expect(complaints(text).joined(separator: "|") == complaint)
  }

  @Test func allowsHeadsThatDoNotShareTheTextWidth() {
    #expect(complaints(adding(#""textEncoder": {"heads": 3, "headWidth": 64}"#)) == [])
  }

  @Test func namesEveryRequiredKeyOfAnEmptyRecipe() {
    let keys = complaints("{}").compactMap { $0.split(separator: " ").dropFirst().first.map(String.init) }
    #expect(
      keys == [
        "data.train:", "data.frames:", "data.height:", "data.width:", "data.frameRate:", "training.steps:",
      ])
  }

  @Test func keepsALongListOfProblemsShort() {
    let keys = (0..<60).map { "\"unknown\($0)\": 0" }.joined(separator: ", ")
    let error = #expect(throws: RecipeErrors.self) { try Recipe.parse(adding(keys), name: "r.json") }
    #expect(error?.problems.count == 60)
    #expect(error?.description.hasSuffix("\n… and 10 more problems") == true)
  }

  @Test func refusesAnEndlessFile() {
    let error = #expect(throws: RecipeErrors.self) { try Recipe.load(path: "/dev/zero") }
    #expect(error?.description.contains("/dev/zero: this is not a regular file") == true, "\(error!)")
  }
}
