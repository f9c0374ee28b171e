import Foundation
import Testing

/// Joint-embedding prediction by the commands: what a plan tells is what a run takes, though masks differ from step to step.
struct JointEmbeddingTests {
  private func bench(steps: Int) throws -> Workbench {
    let bench = try Workbench()
    try bench.write(
      """
      {
        "version": 2, "seed": 5, "task": { "kind": "jointEmbedding" },
        "data": { "train": "\(bench.path)/set/train.jsonl", "validation": "\(bench.path)/set/validation.jsonl",
          "frames": 4, "height": 16, "width": 16, "frameRate": 8 },
        "model": { "width": 24, "depth": 2, "heads": 2, "patch": [2, 2, 2] },
        "predictor": { "width": 12, "depth": 1, "heads": 2 },
        "training": { "steps": \(steps), "batchSize": 4, "checkpointEvery": 100, "validateEvery": 5 }
      }
      """, to: "recipe.json")
    return bench
  }

  @Test(arguments: [[], ["--set", "training.gradientAccumulation=2", "--set", "training.validationClips=3"]])
  func thePlannedPeakIsThatOfTheWholeRun(settings: [String]) throws {
    let bench = try bench(steps: 12)
    let command = ["vfm-train", "pretrain", bench.recipe, "--output", bench.output, "--json"] + settings
    let plan = try vfm(command + ["--plan"])
    #expect(plan.code == 0, "\(plan.errors)")
    let run = try vfm(command)
    #expect(run.code == 0, "\(run.errors)")
    for key in ["peakBytes", "tensorBytes"] {
      #expect(run.json[key] as? Int == plan.json[key] as? Int, "\(key)")
    }
  }

  @Test func noStepFromTheThirdOnTakesMemoryFromTheSystem() throws {
    let bench = try bench(steps: 12)
    let run = try bench.pretrain("--json", "--set", "training.validateEvery=0")
    #expect(run.code == 0, "\(run.errors)")
    #expect(run.json["systemAllocationsAfterThirdStep"] as? Int == 0)
  }

  @Test func featuresAreMeasuredWhileTrainingAndAfterwards() throws {
    let bench = try bench(steps: 5)
    let run = try bench.pretrain()
    #expect(run.code == 0, "\(run.errors)")
    #expect(run.errors.contains("step 5: features"))
    let metrics = try String(contentsOfFile: bench.output + "/metrics.jsonl", encoding: .utf8)
    #expect(metrics.contains("\"heldOut: features\"") && metrics.contains("\"covariance\""))
    let eval = try vfm([
      "vfm-eval", "--checkpoint", bench.output, "--manifest", bench.path + "/set/test.jsonl",
    ])
    #expect(eval.code == 0, "\(eval.errors)")
    #expect(eval.output.contains("deviation, clips"), "\(eval.output)")
  }

  @Test func aRunWithoutATeacherIsRefused() throws {
    let bench = try bench(steps: 5)
    let run = try bench.pretrain("--set", "optimizer.emaDecay=0")
    #expect(run.code == 65, "\(run.code)")
    #expect(run.errors.contains("optimizer.emaDecay: must be above 0 where task.kind is \"jointEmbedding\""))
  }
}
