import Foundation
import Testing

/// Runs that learn classes: where these come from, how often clips are shown, and what is done to them.
@Suite(.serialized) struct LabelledRunTests {
  private func bench(_ more: String = "\"labels\": { \"from\": \"motion\" },") throws -> Workbench {
    let bench = try Workbench()
    try bench.write(
      """
      {
        "version": 2, "seed": 5, "task": { "kind": "classification" },
        "data": { "train": "\(bench.path)/set/train.jsonl", "frames": 4, "height": 16, "width": 16, "frameRate": 8 },
        \(more)
        "model": { "width": 24, "depth": 2, "heads": 2, "patch": [2, 8, 8] },
        "training": { "steps": 4, "batchSize": 5, "checkpointEvery": 2, "sampleEvery": 0, "validateEvery": 0 }
      }
      """, to: "recipe.json")
    return bench
  }

  private let everything = [
    "--set", "data.balance=classes", "--set", "data.crop=resized", "--set", "objective.dropPath=0.2", "--set",
    "augmentation.flip=0.5", "--set", #"augmentation.mirroredClasses=[["left","right"],["up"]]"#, "--set",
    "augmentation.erase=0.5", "--set", "augmentation.mixup=0.8", "--set", "augmentation.cutmix=1", "--set",
    "augmentation.labelSmoothing=0.1",
  ]

  private func train(_ bench: Workbench, _ more: [String], output: String? = nil) throws -> CommandResult {
    try vfm(["vfm-train", "pretrain", bench.recipe, "--output", output ?? bench.output] + more)
  }

  @Test func stoppedAndGoneOnIsTheSameAsNeverStopped() throws {
    let bench = try bench()
    let whole = try train(bench, everything + ["--json"], output: bench.path + "/whole")
    #expect(whole.code == 0, "\(whole.errors)")
    let first = try train(bench, everything + ["--stop-after", "1", "--threads", "1"])
    #expect(first.code == 75, "\(first.errors)")
    let second = try train(bench, everything + ["--threads", "2", "--json", "--set", "data.workers=3"])
    #expect(second.code == 0, "\(second.errors)")
    #expect(second.json["hash"] as? String == whole.json["hash"] as? String)
    #expect(whole.json["systemAllocationsAfterThirdStep"] as? Int == 0)
    let plain = try train(bench, ["--json"], output: bench.path + "/plain")
    #expect(plain.code == 0 && plain.json["hash"] as? String != whole.json["hash"] as? String)
  }

  @Test func resizedCropsAreReadIsolatedToo() throws {
    let bench = try bench()
    let hashes = try [[], ["--isolate"]].map { more in
      let run = try train(bench, everything + more + ["--json"], output: bench.path + "/run\(more.count)")
      #expect(run.code == 0, "\(run.errors)")
      return run.json["hash"] as? String
    }
    #expect(hashes[0] == hashes[1] && hashes[0] != nil)
  }

  @Test func oneListWithSplitsServesAFinetuningRunForBoth() throws {
    let bench = try bench()
    #expect(try train(bench, []).code == 0)
    let lists = try ["train", "validation"].map {
      try String(contentsOfFile: bench.path + "/set/\($0).jsonl", encoding: .utf8)
    }
    // Elsewhere than validation.jsonl, which would serve.
    try FileManager.default.createDirectory(atPath: bench.path + "/lists", withIntermediateDirectories: true)
    let clips = bench.path + "/set/clips"
    let list = lists.joined().replacingOccurrences(of: "\"path\":\"clips", with: "\"path\":\"\(clips)")
    try bench.write(list, to: "lists/all.jsonl")
    func tune(_ list: String, _ output: String) throws -> CommandResult {
      try vfm([
        "vfm-train", "finetune", "--base", bench.output, "--data", list, "--method", "head", "--output",
        bench.path + "/" + output, "--set", "training.steps=1", "--set", "data.root=/",
      ])
    }
    let tuned = try tune(bench.path + "/lists/all.jsonl", "tuned")
    #expect(
      tuned.code == 0 && tuned.errors.contains("held-out clips \(bench.path)/lists/all.jsonl"),
      "\(tuned.errors)")
    // A list that names no split serves for training alone.
    try bench.write(
      list.replacingOccurrences(of: "\"split\":", with: "\"part\":"), to: "lists/plain.jsonl")
    let plain = try tune(bench.path + "/lists/plain.jsonl", "plain")
    #expect(plain.code == 0 && plain.errors.contains("no held-out clips (--validation)"), "\(plain.errors)")
  }

  @Test func heldOutClipsThatAreTrainedOnAreRefused() throws {
    let bench = try bench()
    let lines = try String(contentsOfFile: bench.path + "/set/train.jsonl", encoding: .utf8)
    try bench.write(
      lines.replacingOccurrences(of: ",\"split\":\"train\"", with: ""), to: "set/held-out.jsonl")
    let heldOut = ["--set", "data.validation=\(bench.path)/set/held-out.jsonl"]
    let run = try train(bench, heldOut + ["--set", "training.validateEvery=2"])
    #expect(run.code == 65)
    #expect(
      run.errors.contains("held-out clips are trained on, too, so figures of them would say little"),
      "\(run.errors)")
    #expect(run.errors.contains("vfm-data check names them all"))
    let blind = try train(bench, heldOut)
    #expect(blind.code == 0, "\(blind.errors)")
  }

  @Test func clipsWithoutLabelsAreRefused() throws {
    let run = try train(bench("\"labels\": { \"from\": \"sport\" },"), [])
    #expect(run.code == 65)
    #expect(
      run.errors.hasSuffix(
        "/set/train.jsonl: no clip has an attribute \"sport\", so there are no classes to learn; give each clip one, or "
          + "name in labels.from what else they have: \"camera\", \"colour\", \"ground\", \"label\", \"motion\" and 2 "
          + "more.\n"),
      "\(run.errors)")
  }

  @Test func unknownMirroredClassesAreRefused() throws {
    let flip = [
      "--set", "augmentation.flip=1", "--set", #"augmentation.mirroredClasses=[["lefft","right"]]"#,
    ]
    let run = try train(bench(), flip)
    #expect(run.code == 65)
    #expect(
      run.errors.contains(
        "augmentation.mirroredClasses: no training clip is of the class \"lefft\" (did you mean \"left\"?)"),
      "\(run.errors)")
  }

  @Test func noPackIsMadeForResizedCrops() throws {
    let bench = try bench()
    let pack = try vfm([
      "vfm-data", "pack", bench.recipe, "--output", bench.path + "/pack", "--set", "data.crop=resized",
    ])
    #expect(pack.code == 65)
    #expect(pack.errors.contains("data.crop: a pack holds frames that are scaled"), "\(pack.errors)")
  }
}
