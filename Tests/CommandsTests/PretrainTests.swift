import Foundation
import Testing
import Video

@Suite(.serialized) struct PretrainTests {
  @Test func aRunLeavesAllItsFiles() throws {
    let bench = try Workbench()
    let result = try bench.pretrain(
      "--set", "training.sampleEvery=4", "--set", "training.validateEvery=2", "--json")
    #expect(result.code == 0, "\(result.errors)")
    for name in [
      "recipe.json", "metrics.jsonl", "report.html", "checkpoints/step-00000004.h5",
      "samples/step-000004/sheet.png", "samples/step-000004/prompt-00.mp4",
      "samples/step-000004/prompts.json",
    ] {
      #expect(FileManager.default.fileExists(atPath: bench.output + "/" + name), "\(name)")
    }
    #expect(result.json["step"] as? Int == 4)
    let lines = try String(contentsOfFile: bench.output + "/metrics.jsonl", encoding: .utf8).split(
      separator: "\n")
    #expect(lines.count == 6)  // four steps, two validations
    let report = try String(contentsOfFile: bench.output + "/report.html", encoding: .utf8)
    #expect(report.contains("a red circle moves left"))
    #expect(!report.contains("http://") && !report.contains("src=\"http"))
  }

  @Test(arguments: ["webm", "gif"])
  func samplesHaveTheRecipesFormat(format: String) throws {
    let bench = try Workbench(steps: 2)
    let result = try bench.pretrain(
      "--set", "training.sampleEvery=2", "--set", "samples.format=\(format)")
    #expect(result.code == 0, "\(result.errors)")
    let clip = bench.output + "/samples/step-000002/prompt-00." + format
    let bytes = try Data(contentsOf: URL(fileURLWithPath: clip))
    let report = try String(contentsOfFile: bench.output + "/report.html", encoding: .utf8)
    #expect(report.contains("/\(format);base64," + bytes.base64EncodedString()))
  }

  @Test func stoppedAndGoneOnIsTheSameAsNeverStopped() throws {
    let bench = try Workbench()
    let whole = try bench.pretrain("--json", output: bench.path + "/whole")
    let first = try bench.pretrain("--stop-after", "1", "--threads", "1")
    #expect(first.code == 75)
    #expect(first.errors.contains("to go on, run the same command again"))
    let second = try bench.pretrain("--threads", "2")
    #expect(second.code == 0, "\(second.errors)")
    #expect(second.errors.contains("going on from step 1"))
    let hashes = try [bench.path + "/whole", bench.output].map {
      try vfm(["vfm-train", "inspect", $0, "--hash"]).output.trimmingCharacters(in: .whitespacesAndNewlines)
    }
    #expect(hashes[0] == hashes[1])
    #expect(hashes[0].count == 64)
    #expect(whole.json["hash"] as? String == hashes[0])
  }

  @Test func aSignalFinishesTheStepSavesAndExitsWith75() throws {
    let bench = try Workbench(steps: 100_000)
    let result = try vfm(
      [
        "vfm-train", "pretrain", bench.recipe, "--output", bench.output, "--set",
        "training.checkpointEvery=1000000",
      ],
      whileRunning: { process in
        // As soon as steps are being logged.
        let metrics = bench.output + "/metrics.jsonl"
        while process.isRunning, (FileManager.default.contents(atPath: metrics)?.count ?? 0) < 500 {
          usleep(20_000)
        }
        process.interrupt()
      })
    #expect(result.code == 75, "\(result.errors)")
    #expect(result.errors.contains("stopping after this step"))
    let again = try bench.pretrain("--set", "training.steps=100000", "--plan")
    #expect(again.code == 0)
    let names = try FileManager.default.contentsOfDirectory(atPath: bench.output + "/checkpoints")
    #expect(names.contains { $0.hasSuffix(".h5") })
  }

  @Test func thePlanRunsNothingAndItsPeakIsTheOneMeasured() throws {
    let bench = try Workbench(steps: 8)
    let plan = try bench.pretrain("--plan", "--json")
    #expect(plan.code == 0, "\(plan.errors)")
    #expect(!FileManager.default.fileExists(atPath: bench.output))
    let run = try bench.pretrain("--json", "--set", "training.checkpointEvery=100")
    #expect(run.json["peakBytes"] as? Int == plan.json["peakBytes"] as? Int)
    #expect(run.json["tensorBytes"] as? Int == plan.json["tensorBytes"] as? Int)
  }

  /// Samples and held-out clips that take more memory than a step are part of the run's peak.
  @Test(arguments: [
    ["--set", "samples.frames=400"],
    ["--set", "training.gradientAccumulation=2", "--set", "training.validationClips=3"],
    ["--set", "training.computePrecision=bfloat16", "--set", "samples.frames=400"],
    [
      "--set", "optimizer.kind=muon", "--set", "optimizer.muon.blockSize=8", "--set",
      "optimizer.cautious=true",
      "--set", "samples.frames=400",
    ],
  ])
  func thePlannedPeakIsThatOfTheWholeRun(settings: [String]) throws {
    let bench = try Workbench(steps: 8)
    let all = settings + ["--set", "training.sampleEvery=4", "--set", "training.validateEvery=3", "--json"]
    let command = ["vfm-train", "pretrain", bench.recipe, "--output", bench.output] + all
    let plan = try vfm(command + ["--plan"])
    #expect(plan.code == 0, "\(plan.errors)")
    let run = try vfm(command)
    #expect(run.code == 0, "\(run.errors)")
    for key in ["peakBytes", "tensorBytes"] {
      #expect(run.json[key] as? Int == plan.json[key] as? Int, "\(key)")
    }
    let without = try bench.pretrain("--plan", "--json")
    let (whole, steps) = (plan.json["peakBytes"] as? Int, without.json["peakBytes"] as? Int)
    #expect(whole ?? 0 > steps ?? .max)
  }

  @Test func thePlansFiguresAreNumbersUnderTheirNames() throws {
    let bench = try Workbench(steps: 8)
    let plan = try bench.pretrain("--plan", "--json")
    #expect(
      Set(plan.json.keys) == [
        "parameters", "frozenParameters", "tokensPerClip", "tokensPerCaption", "clipsPerStep",
        "timesEachClipIsSeen",
        "operationsPerStep", "steps", "ranks",
        "peakBytes", "tensorBytes", "checkpointBytes", "clipBytes", "processBytes", "residentBytes",
        "secondsPerStep", "secondsPerStepLow", "secondsPerStepHigh", "expectedSeconds", "calibrationRounds",
        "calibrationBlocks", "calibrationClips", "calibrationSeconds", "calibrationPeakBytes",
        "secondsPerClip", "readingSecondsPerStep", "clipsTried", "badClips", "cutCaptions",
        "heldOutTrainedOn", "diskBytes", "checkpointsAtOnce",
      ])
    let none: Set = ["frozenParameters", "badClips", "cutCaptions", "heldOutTrainedOn"]
    for (name, figure) in plan.json where !none.contains(name) {
      #expect((figure as? Double ?? 0) > 0, "\(name)")
    }
    for name in none { #expect(plan.json[name] as? Int == 0, "\(name)") }
    let (step, whole) = (plan.json["secondsPerStep"] as? Double, plan.json["expectedSeconds"] as? Double)
    #expect(abs((whole ?? 0) - 8 * (step ?? 1)) < 1e-9)
  }

  @Test func noStepFromTheThirdOnTakesMemoryFromTheSystem() throws {
    let bench = try Workbench(steps: 12)
    let run = try bench.pretrain("--json", "--set", "training.checkpointEvery=5", "--set", "data.crop=random")
    #expect(run.json["systemAllocationsAfterThirdStep"] as? Int == 0)
  }

  @Test func samplesAndEvaluationComeFromACheckpoint() throws {
    let bench = try Workbench()
    let checkpoint = try bench.trained()
    let clip = bench.path + "/clip.mp4"
    let sample = try vfm(
      [
        "vfm-sample", "--checkpoint", checkpoint, "--prompt", "a red circle", "--output", clip, "--steps",
        "2",
      ])
    #expect(sample.code == 0, "\(sample.errors)")
    let first = try Data(contentsOf: URL(fileURLWithPath: clip))
    try vfm([
      "vfm-sample", "--checkpoint", checkpoint, "--prompt", "a red circle", "--output", clip, "--steps", "2",
    ])
    #expect(try Data(contentsOf: URL(fileURLWithPath: clip)) == first)
    for ending in ["webm", "gif", "mkv"] {
      let path = bench.path + "/clip." + ending
      let other = try vfm([
        "vfm-sample", "--checkpoint", checkpoint, "--prompt", "a red circle", "--output", path, "--steps",
        "2",
      ])
      #expect(other.code == 0, "\(other.errors)")
      #expect(try VideoReader(path: path).info.width == (ending == "mkv" ? 16 : 128))
    }
    let evaluation = try vfm([
      "vfm-eval", "--checkpoint", bench.output, "--manifest", bench.path + "/set/test.jsonl", "--steps", "2",
      "--json",
    ])
    #expect(evaluation.code == 0, "\(evaluation.errors)")
    #expect((evaluation.json["heldOut"] as? [String: Double])?.count == 5)
    #expect(evaluation.json["promptFollowing"] != nil)
  }
}
