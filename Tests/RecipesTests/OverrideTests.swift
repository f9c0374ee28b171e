import Fields
import Layers
import Models
import Testing

@testable import Recipes
@testable import Tasks

@Suite struct OverrideTests {
  private func recipe(_ overrides: String..., of text: String = smallest) throws -> Recipe {
    try Recipe.parse(text, name: "r.json", overrides: overrides)
  }

  @Test func setsValuesOfEveryKind() throws {
    #expect(try recipe("training.steps=7").training.steps == 7)
    #expect(try recipe("optimizer.learningRate=1e-4").optimizer.learningRate == 1e-4)
    #expect(try recipe("objective.prediction=x0").textToVideo.objective.flow.prediction == .x0)
    #expect(try recipe("objective.times.shift=4").textToVideo.objective.flow.shift == .constant(4))
    #expect(try recipe("model.pooledText=true").textToVideo.transformer.pooledText)
    #expect(try recipe("data.train=other=folder/a b").data.train == "other=folder/a b")
    #expect(try recipe("data.train=\"12\"").data.train == "12")
    #expect(
      try recipe("model.patch=[2, 4, 4]").textToVideo.transformer.patch
        == PatchSize(frames: 2, height: 4, width: 4))
    #expect(try recipe("model={\"width\": 96, \"heads\": 4}").textToVideo.transformer.feedForward == 384)
    #expect(try recipe("notes=for a try").notes == ["for a try"])
  }

  @Test func theLastOneWins() throws {
    #expect(try recipe("seed=1", "seed=2").seed == 2)
  }

  @Test func reachesIntoLists() throws {
    #expect(
      try recipe("model.patch[0]=2").textToVideo.transformer.patch
        == PatchSize(frames: 2, height: 2, width: 2))
    #expect(
      try recipe("model.patch.2=4").textToVideo.transformer.patch == PatchSize(frames: 1, height: 2, width: 4)
    )
    #expect(
      try recipe("samples.prompts[0]=a red circle", "samples.prompts.1=another").task.samples?.prompts
        == ["a red circle", "another"])
    #expect(try recipe("notes[0]=one").notes == ["one"])
    let two = adding(#""samples": {"prompts": ["a", "b"]}"#)
    #expect(try recipe("samples.prompts[0]=c", of: two).task.samples?.prompts == ["c", "b"])
  }

  @Test func givesWhatTheFileLacks() throws {
    let all = [
      "data.train=x", "data.frames=8", "data.height=32", "data.width=32", "data.frameRate=8",
      "training.steps=1",
    ]
    #expect(try Recipe.parse("{}", name: "r.json", overrides: all).data.train == "x")
  }

  @Test func keepsTheFileToBlameForWhatItLacks() {
    #expect(
      complaints(changed(",\n  \"training\": {\"steps\": 100}", ""), "training.batchSize=2") == [
        "r.json:1:1: training.steps: is missing; add \"steps\", an integer from 1 to 1000000000: optimizer steps of the "
          + "whole run."
      ])
  }

  @Test(arguments: [
    ("training.stepz=3", "unknown key training.stepz, did you mean training.steps?"),
    ("trainin.steps=3", "unknown key trainin, did you mean training?"),
    ("steps=3", "unknown key steps, did you mean training.steps?"),
    ("training.steps=0", "training.steps: must be an integer from 1 to 1000000000, but is 0"),
    (
      "training.steps=many",
      "training.steps: must be an integer from 1 to 1000000000, but is the string \"many\""
    ),
    ("data.train=", "data.train: must be a string that is not empty, but is the string \"\""),
    ("training.steps", "write --set KEY=VALUE, for example --set training.steps=100"),
    ("=3", "write --set KEY=VALUE, for example --set training.steps=100"),
    ("a..b=3", "a..b is no path of a key; write it like training.steps or samples.prompts[0]"),
    ("a[x]=3", "a[x] is no path of a key; write it like training.steps or samples.prompts[0]"),
    ("a[1=3", "a[1 is no path of a key; write it like training.steps or samples.prompts[0]"),
    (
      "model.patch[4]=1",
      "model.patch[4]: no such place in the list model.patch; it goes from 0 to 3, which appends"
    ),
    (
      "model.patch[-1]=1",
      "model.patch[-1]: no such place in the list model.patch; it goes from 0 to 3, which appends"
    ),
    (
      "model.patch=[1,2",
      "model.patch: the value is no JSON, at its character 5: expected ',' or ']' after value 2 of the list, found the end of the text"
    ),
    ("data.frames.x=1", "data.frames.x: nothing can be set inside data.frames, which is 8"),
    ("model={\"width\": 96, \"width\": 96}", "model: width is in the value twice; keep one of the two"),
    (
      "model.heads=5",
      "model.heads: 5 cannot share model.width 384: each head takes an equal, even number of values, at least 6 (positions rotate them in pairs along three axes); 4 or 6 would fit"
    ),
    (
      "model.patch=[1,3,2]",
      "data.height: 32 is no multiple of the 3 rows of a patch (model.patch); 30 or 33 would fit"
    ),
  ])
  func refuses(text: String, complaint: String) {
    #expect(complaints(smallest, text) == ["--set \(text): \(complaint)"])
  }

  @Test func comesAfterTheProblemsOfTheFile() {
    #expect(
      complaints(changed("8,", "0,"), "seed=x", "sed=1") == [
        "r.json:4:15: data.frames: must be an integer from 1 to 1024, but is 0",
        "--set seed=x: seed: must be an integer, at least 0, but is the string \"x\"",
        "--set sed=1: unknown key sed, did you mean seed?",
      ])
  }
}
