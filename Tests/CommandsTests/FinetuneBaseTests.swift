import Foundation
import Testing

/// What becomes of a run's base while it goes on: gone, moved, replaced, or another one.
@Suite(.serialized) struct FinetuneBaseTests {
  @Test(arguments: ["lora", "full"])
  func aRunGoesOnWithItsOwnBaseOnly(method: String) throws {
    let tuning = try Tuning()
    #expect(try tuning.finetune("--method", method, "--stop-after", "8").code == 75)
    let other = tuning.bench.path + "/other"
    #expect(
      try tuning.bench.pretrain(
        "--set", "tokenizer.kind=words", "--set", "optimizer.learningRate=0.0007", output: other
      ).code == 0)
    let refused = try tuning.finetune("--method", method, "--base", other)
    #expect(refused.code == 65, "\(refused.errors)")
    #expect(
      refused.errors.contains("began with other weights than those of \(other): with "), "\(refused.errors)")

    // The same weights elsewhere are welcome, and what is saved from now on names their new place.
    let moved = tuning.bench.path + "/moved.h5"
    try FileManager.default.copyItem(
      atPath: tuning.bench.output + "/checkpoints/step-00000004.h5", toPath: moved)
    try FileManager.default.removeItem(atPath: tuning.bench.output)
    let rest = try tuning.finetune("--method", method, "--base", moved)
    #expect(rest.code == 0, "\(rest.errors)")
    #expect(rest.errors.contains("note: changed for the rest of the run: start.from"), "\(rest.errors)")
    let inspect = try vfm(["vfm-train", "inspect", tuning.folder])
    #expect(inspect.output.contains(moved), "\(inspect.output)")
  }

  @Test func aBaseThatGoesWhileTrainingEndsTheComparisonAlone() throws {
    let tuning = try Tuning()
    let steps = ["--set", "training.steps=200", "--set", "training.validateEvery=100"]
    let result = try vfm(tuning.command(steps, output: tuning.folder)) { process in
      while process.isRunning
        && !FileManager.default.fileExists(atPath: tuning.folder + "/checkpoints/step-00000007.h5")
      { usleep(200) }
      try? FileManager.default.removeItem(atPath: tuning.bench.output + "/checkpoints/step-00000004.h5")
    }
    #expect(result.code == 0, "\(result.errors)")
    #expect(result.errors.contains("how far the weights have moved is measured no more"), "\(result.errors)")
  }

  @Test func heldOutClipsOfTheBaseThatAreGoneAreLeftOutWithANote() throws {
    let tuning = try Tuning()
    let kept = tuning.bench.path + "/set/kept.jsonl"
    try FileManager.default.moveItem(atPath: tuning.bench.path + "/set/validation.jsonl", toPath: kept)
    let plan = try tuning.finetune("--plan")
    #expect(plan.code == 0 && plan.errors.contains("what it forgets is not measured"), "\(plan.errors)")
    let run = try tuning.finetune("--stop-after", "1")
    #expect(run.code == 75 && !run.errors.contains("of the base's clips"), "\(run.errors)")
    let named = try tuning.finetune(
      "--set", "evaluation.remember=\(kept)", "--stop-after", "1",
      output: tuning.bench.path + "/named")
    #expect(named.code == 75 && named.errors.contains("of the base's clips"), "\(named.errors)")
    #expect(!named.errors.contains("is not measured"))
  }

  @Test func defaultsFollowTheMethodHoweverItIsGiven() throws {
    let tuning = try Tuning()
    let file = tuning.bench.output + "/checkpoints/step-00000004.h5"
    func begun(_ method: String...) throws -> CommandResult {
      try vfm(
        [
          "vfm-train", "finetune", "--base", file, "--data", tuning.data, "--stop-after", "1", "--set",
          "samples.steps=1", "--set", "start.lora.rank=2",
        ] + method, in: tuning.bench.path)
    }
    let (option, key) = (try begun("--method", "full"), try begun("--set", "start.method=full"))
    #expect(option.code == 75, "\(option.errors)")
    // The same folder and the same recipe: there is nothing left to do, and nothing that changed.
    #expect(key.code == 64 && key.errors.contains("--stop-after 1 is not beyond step 1"), "\(key.errors)")
    #expect(!key.errors.contains("changed for the rest"), "\(key.errors)")
    let folder = "Checkpoints/run-step-00000004-narrow-full"
    #expect(FileManager.default.fileExists(atPath: "\(tuning.bench.path)/\(folder)/recipe.json"))
  }

  @Test func whatFollowsFromStepsAndClipsIsSaidOfThem() throws {
    let tuning = try Tuning()
    #expect(try tuning.finetune("--set", "training.steps=60", "--stop-after", "3").code == 75)
    let recipe = try String(contentsOfFile: tuning.folder + "/recipe.json", encoding: .utf8)
    #expect(recipe.contains("\"warmupSteps\": 3") && recipe.contains("\"validateEvery\": 12"), "\(recipe)")
    // With three clips left, a step has fewer clips; that one is gone is what there is to say.
    let lines = try String(contentsOfFile: tuning.data, encoding: .utf8).split(separator: "\n")
    try lines.prefix(3).joined(separator: "\n").write(toFile: tuning.data, atomically: true, encoding: .utf8)
    let refused = try tuning.finetune("--set", "training.steps=60")
    #expect(refused.code == 65 && refused.errors.contains("are not those that the run"), "\(refused.errors)")
    #expect(!refused.errors.contains("batchSize"))
  }

  @Test func aMergedModelIsHeldAgainstTheKindThatItsBaseKnew() throws {
    let tuning = try Tuning()
    #expect(try tuning.finetune().code == 0)
    let merged = tuning.bench.path + "/merged.h5"
    #expect(try vfm(["vfm-train", "merge", tuning.folder, "--output", merged]).code == 0)
    let again = try tuning.finetune(
      "--base", merged, "--stop-after", "1", output: tuning.bench.path + "/again")
    #expect(again.code == 75, "\(again.errors)")
    let recipe = try String(contentsOfFile: tuning.bench.path + "/again/recipe.json", encoding: .utf8)
    #expect(recipe.contains("\"remember\": \"\(tuning.bench.path)/set/validation.jsonl\""), "\(recipe)")
  }

  @Test func pathsOfOneCharacterAreAsGoodAsOthers() throws {
    let tuning = try Tuning()
    let path = tuning.bench.path
    try FileManager.default.moveItem(atPath: tuning.bench.output, toPath: path + "/b")
    try FileManager.default.moveItem(atPath: path + "/narrow", toPath: path + "/d")
    func begun(_ base: String, _ data: String, in folder: String) throws -> CommandResult {
      try vfm(
        [
          "vfm-train", "finetune", "--base", base, "--data", data, "--stop-after", "1", "--set",
          "samples.steps=1",
          "--set", "data.root=/", "--set", "start.lora.rank=2",
        ], in: folder)
    }
    #expect(try begun("b", "d/train.jsonl", in: path).code == 75)
    #expect(FileManager.default.fileExists(atPath: path + "/Checkpoints/b-d-lora/recipe.json"))
    let here = try begun(".", "../d/train.jsonl", in: path + "/b")
    #expect(here.code == 75, "\(here.errors)")
    #expect(FileManager.default.fileExists(atPath: path + "/b/Checkpoints/b-d-lora/recipe.json"))
    let folder = try begun("../b", ".", in: path + "/set")
    #expect(folder.code == 65 && folder.errors.contains("manifest ."), "\(folder.errors)")
  }

  @Test func aLogThatCannotBeWrittenEndsNothing() throws {
    let tuning = try Tuning()
    let whole = try tuning.finetune()
    let command = tuning.command([], output: tuning.bench.path + "/unheard")
    let run = try vfm(command, errorsTo: "/dev/full")
    #expect(run.code == 0 && run.json["hash"] as? String == whole.json["hash"] as? String)
  }

  @Test func lossesOnOtherClipsAreNotCompared() throws {
    let tuning = try Tuning()
    #expect(try tuning.finetune("--stop-after", "8").code == 75)
    let rest = try tuning.finetune("--validation", tuning.bench.path + "/set/validation.jsonl")
    #expect(rest.code == 0, "\(rest.errors)")
    let row = rest.errors.split(separator: "\n").last { $0.hasPrefix("new clips") }
    #expect(row?.hasSuffix("–") == true, "\(rest.errors)")
    let fewer = try tuning.finetune("--set", "training.steps=19")
    #expect(
      fewer.code == 65 && fewer.errors.contains("fewer than the 20 steps that are done"), "\(fewer.errors)")
  }

  @Test func whatABaseWasTrainedForIsTold() throws {
    let tuning = try Tuning()
    let run = try tuning.finetune("--set", "objective.prediction=velocity", "--stop-after", "1")
    #expect(run.code == 75)
    #expect(
      run.errors.contains(
        "note: the base was trained otherwise: objective.prediction: \"velocity\" (was \"x0\")"),
      "\(run.errors)")
  }

  @Test func theCommandToGoOnIsOneForTheShell() throws {
    let tuning = try Tuning()
    let output = tuning.bench.path + "/it's"
    let stopped = try tuning.finetune(
      "--set", "start.lora.targets=[\"*.attn1\"]", "--stop-after", "2", output: output)
    let command = try #require(stopped.errors.split(separator: "\n").last { $0.hasPrefix("to go on") })
    #expect(
      command.contains("'start.lora.targets=[\"*.attn1\"]'") && command.contains("/it'\\''s'"), "\(command)")
  }
}
