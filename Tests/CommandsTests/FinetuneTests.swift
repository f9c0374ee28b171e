import Foundation
import SyntheticClips
import Testing

/// Fine-tuning by command: adapters, all of it, and what is refused.
@Suite(.serialized) struct FinetuneTests {
  @Test(arguments: ["lora", "full"])
  func twentyStepsAreTenAndTenMoreOnAnyNumberOfThreads(method: String) throws {
    let tuning = try Tuning()
    let plan = try tuning.finetune("--method", method, "--plan")
    #expect(plan.code == 0, "\(plan.errors)")
    let whole = try tuning.finetune("--method", method)
    #expect(whole.code == 0, "\(whole.errors)")
    #expect(whole.errors.contains("fine-tuning by \(method) on 15 clips"), "\(whole.errors)")
    #expect(whole.errors.contains("starting from \(tuning.bench.output)"), "\(whole.errors)")
    #expect(whole.errors.contains("held-out loss of the base's clips"), "\(whole.errors)")
    #expect(whole.json["peakBytes"] as? Int == plan.json["peakBytes"] as? Int)

    let halves = tuning.bench.path + "/halves"
    #expect(try tuning.finetune("--method", method, "--stop-after", "10", output: halves).code == 75)
    let rest = try tuning.finetune("--method", method, "--threads", "3", output: halves)
    #expect(rest.code == 0, "\(rest.errors)")
    #expect(rest.json["hash"] as? String == whole.json["hash"] as? String && rest.json["hash"] != nil)
    let seven = try tuning.finetune(
      "--method", method, "--threads", "7", output: tuning.bench.path + "/seven")
    #expect(seven.json["hash"] as? String == whole.json["hash"] as? String)
    // The base's samples are there beside the tuned ones, from the same prompts.
    for step in ["000000", "000020"] {
      #expect(FileManager.default.fileExists(atPath: tuning.folder + "/samples/step-\(step)/sheet.png"))
    }
    #expect(FileManager.default.fileExists(atPath: tuning.folder + "/best"))
  }

  @Test func aRunThatIsKilledWhileSavingGoesOnToTheSameEnd() throws {
    let tuning = try Tuning()
    // Many steps are left when it is killed, so that it cannot have ended by itself on a machine that is slow to look.
    let saving = [
      "--set", "training.steps=150", "--set", "training.checkpointEvery=1", "--set",
      "training.validateEvery=50",
      "--set", "training.sampleEvery=0",
    ]
    let whole = try vfm(tuning.command(saving, output: tuning.folder))
    #expect(whole.code == 0, "\(whole.errors)")
    let killed = tuning.bench.path + "/killed"
    for steps in [2, 9] {
      let result = try vfm(tuning.command(saving, output: killed)) { process in
        // Saves follow each other closely: whatever it does by now, it is likely to be amid one.
        let newest = killed + String(format: "/checkpoints/step-%08d.h5", steps)
        while process.isRunning && !FileManager.default.fileExists(atPath: newest) { usleep(200) }
        kill(process.processIdentifier, SIGKILL)
      }
      #expect(result.code == SIGKILL, "\(result.errors)")
    }
    let rest = try vfm(tuning.command(saving, output: killed))
    #expect(rest.code == 0 && rest.errors.contains("going on from step "), "\(rest.errors)")
    #expect(rest.json["hash"] as? String == whole.json["hash"] as? String && rest.json["hash"] != nil)
  }

  @Test func stepsOfAnAdapterTakeNoMemoryFromTheSystem() throws {
    let tuning = try Tuning()
    let run = try tuning.finetune("--set", "training.validateEvery=0", "--set", "training.sampleEvery=0")
    #expect(run.code == 0, "\(run.errors)")
    #expect(run.json["systemAllocationsAfterThirdStep"] as? Int == 0)
  }

  @Test func anAdapterIsUsedWithItsBaseAndMergedIntoWholeWeights() throws {
    let tuning = try Tuning()
    #expect(try tuning.finetune().code == 0)
    let whole = tuning.bench.path + "/merged.h5"
    let merge = try vfm(["vfm-train", "merge", tuning.folder, "--output", whole])
    #expect(merge.code == 0, "\(merge.errors)")
    func sample(_ arguments: String...) throws -> CommandResult {
      try vfm(
        [
          "vfm-sample", "--prompt", "a cyan star moves left", "--steps", "2", "--output",
          tuning.bench.path + "/s.mkv",
        ]
          + arguments)
    }
    func loss(_ arguments: String...) throws -> Double? {
      let result = try vfm(
        [
          "vfm-eval", "--manifest", tuning.bench.path + "/narrow/test.jsonl", "--samples", "0", "--json",
        ] + arguments)
      #expect(result.code == 0, "\(result.errors)")
      return result.json["heldOutLoss"] as? Double
    }
    let (adapted, merged) = (try loss("--checkpoint", tuning.folder), try loss("--checkpoint", whole))
    #expect(abs((adapted ?? 0) - (merged ?? 1)) < 1e-5 * (adapted ?? 0))

    // The base has moved: it is looked for beside the adapter, or named.
    let elsewhere = tuning.bench.path + "/elsewhere"
    try FileManager.default.moveItem(atPath: tuning.bench.output, toPath: elsewhere)
    let lost = try sample("--checkpoint", tuning.folder)
    #expect(lost.code == 66 && lost.errors.contains("name it with --base"), "\(lost.errors)")
    #expect(try sample("--checkpoint", tuning.folder, "--base", elsewhere).code == 0)
    let other = tuning.bench.path + "/other"
    #expect(
      try tuning.bench.pretrain("--set", "tokenizer.kind=words", "--set", "seed=77", output: other).code == 0)
    let wrong = try sample("--checkpoint", tuning.folder, "--base", other)
    #expect(wrong.code == 65 && wrong.errors.contains("was trained on other weights"), "\(wrong.errors)")
    #expect(try sample("--checkpoint", whole).code == 0)
    let again = try vfm(["vfm-train", "merge", whole, "--output", tuning.bench.path + "/again.h5"])
    #expect(again.code == 65 && again.errors.contains("is no adapter"))
    let nested = try vfm([
      "vfm-train", "finetune", "--base", tuning.folder, "--data", tuning.data, "--output", other + "2",
    ])
    #expect(nested.code == 65 && nested.errors.contains("vfm-train merge"), "\(nested.errors)")
  }

  @Test func ratesMayChangeInMidRunAndWhatWasLearnedMayNot() throws {
    let tuning = try Tuning()
    #expect(try tuning.finetune("--stop-after", "8").code == 75)
    let refused = try tuning.finetune("--set", "optimizer.betas=[0.8, 0.9]")
    #expect(refused.code == 65 && refused.errors.contains("optimizer.betas: [0.8, 0.9] (was [0.9, 0.95])"))
    let batch = try tuning.finetune("--set", "training.batchSize=3")
    #expect(batch.code == 65 && batch.errors.contains("must stay 4 clips a step"), "\(batch.errors)")

    // The clips may lie elsewhere under the same names, and a step may be divided otherwise.
    let moved = tuning.bench.path + "/moved"
    try FileManager.default.moveItem(atPath: tuning.bench.path + "/narrow", toPath: moved)
    let rest = try vfm([
      "vfm-train", "finetune", "--base", tuning.bench.output, "--data", moved + "/train.jsonl", "--output",
      tuning.folder, "--json", "--set", "training.steps=20", "--set", "training.checkpointEvery=7", "--set",
      "samples.steps=2", "--set", "start.lora.rank=4", "--set", "optimizer.learningRate=0.002", "--set",
      "training.batchSize=2", "--set", "training.gradientAccumulation=2",
    ])
    #expect(rest.code == 0, "\(rest.errors)")
    #expect(
      rest.errors.contains("note: changed for the rest of the run: optimizer.learningRate: 0.002 (was "),
      "\(rest.errors)")
    let log = try String(contentsOfFile: tuning.folder + "/metrics.jsonl", encoding: .utf8)
    #expect(log.contains("\"changed\":[") && log.contains("training.gradientAccumulation: 2 (was 1)"))
  }

  @Test func clipsMayLieUnderAnotherRoot() throws {
    let tuning = try Tuning()
    try FileManager.default.createDirectory(
      atPath: tuning.bench.path + "/lists", withIntermediateDirectories: true)
    let list = try String(contentsOfFile: tuning.data, encoding: .utf8)
      .replacingOccurrences(of: "\"path\":\"clips/", with: "\"path\":\"\(tuning.bench.path)/narrow/clips/")
    try tuning.bench.write(list, to: "lists/train.jsonl")
    func finetune(_ more: String...) throws -> CommandResult {
      try vfm(
        [
          "vfm-train", "finetune", "--base", tuning.bench.output, "--data",
          tuning.bench.path + "/lists/train.jsonl",
          "--output", tuning.folder, "--set", "training.steps=2", "--set", "samples.steps=1", "--set",
          "start.lora.rank=2",
        ] + more)
    }
    let refused = try finetune()
    #expect(refused.code == 65 && refused.errors.contains("data.root"), "\(refused.errors)")
    let run = try finetune("--set", "data.root=\(tuning.bench.path)")
    #expect(run.code == 0 && run.errors.contains("on 15 clips"), "\(run.errors)")
  }

  @Test func aHeadIsTrainedAloneWhereThereIsOne() throws {
    let bench = try Workbench()
    let recipe = try String(contentsOfFile: bench.recipe, encoding: .utf8)
      .replacingOccurrences(of: "\"objective\": { \"prediction\": \"x0\" },", with: "")
      .replacingOccurrences(of: "\"seed\": 5,", with: "\"seed\": 5, \"task\": {\"kind\": \"denoising\"},")
    let samples = try #require(recipe.range(of: "\"samples\""))
    let end = try #require(
      recipe.range(of: ",", options: .backwards, range: recipe.startIndex..<samples.lowerBound))
    try bench.write(recipe[..<end.lowerBound] + "}", to: "recipe.json")
    let base = try bench.pretrain()
    #expect(base.code == 0, "\(base.errors)")
    let run = try vfm([
      "vfm-train", "finetune", "--base", bench.output, "--data", bench.path + "/set/train.jsonl", "--method",
      "head",
      "--output", bench.path + "/head", "--json", "--set", "training.steps=4",
    ])
    #expect(run.code == 0, "\(run.errors)")
    let sample = try vfm([
      "vfm-sample", "--checkpoint", bench.path + "/head", "--prompt", "x", "--output", bench.path + "/x.mp4",
    ])
    #expect(sample.code == 65 && sample.errors.contains("samples no clips"), "\(sample.errors)")
  }
}
