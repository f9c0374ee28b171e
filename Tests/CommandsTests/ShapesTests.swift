import Foundation
import Testing

/// Runs of several shapes from the command line.
struct ShapesTests {
  private static let shapes = [
    "--set", "training.batchSize=2", "--set",
    #"data.shapes=[{"frames": 4, "share": 0.6}, {"frames": 2, "width": 8, "share": 0.4}]"#,
  ]

  private func train(_ bench: Workbench, _ more: [String], output: String? = nil) throws -> CommandResult {
    try vfm(
      ["vfm-train", "pretrain", bench.recipe, "--output", output ?? bench.output, "--json"] + Self.shapes
        + more)
  }

  @Test func thePlannedMemoryIsThatOfTheRunAndNothingMoreIsTaken() throws {
    let bench = try Workbench(steps: 20)
    let looks = ["--set", "training.validateEvery=6", "--set", "data.crop=random"]
    let plan = try train(bench, looks + ["--plan"])
    #expect(plan.code == 0, "\(plan.errors)")
    let run = try train(bench, looks)
    #expect(run.code == 0, "\(run.errors)")
    for key in ["peakBytes", "tensorBytes"] {
      #expect(run.json[key] as? Int == plan.json[key] as? Int, "\(key)")
    }
    // What a look takes comes on top of the steps.
    let steps = try train(bench, ["--set", "data.crop=random"], output: bench.path + "/steps")
    #expect(steps.json["systemAllocationsAfterThirdStep"] as? Int == 0, "\(steps.errors)")
    let shapes = try #require(plan.json["shapes"] as? [[String: Any]])
    #expect(shapes.map { $0["shape"] as? String } == ["4x16x16", "2x16x8"])
    #expect(shapes.map { $0["clipsPerStep"] as? Int } == [2, 8])
    #expect(shapes.map { $0["tokensPerClip"] as? Int } == [8, 2])
    #expect(shapes.map { $0["share"] as? Double } == [0.6, 0.4])
    #expect(
      shapes.allSatisfy {
        ($0["operationsPerStep"] as? Int ?? 0) > 0 && ($0["secondsPerStep"] as? Double ?? 0) > 0
      })
    #expect(
      shapes.compactMap { $0["peakBytes"] as? Int }.max() ?? .max <= plan.json["peakBytes"] as? Int ?? 0)
    #expect(
      run.errors.contains(
        "60 % of the steps: 2 clips of 4x16x16, from 15\n40 % of the steps: 8 clips of 2x16x8, from 15"))
  }

  @Test func thePlanHasALineForEachShapeAndMetricsNameIt() throws {
    let bench = try Workbench(steps: 10)
    let plan = try vfm(["vfm-train", "pretrain", bench.recipe, "--plan"] + Self.shapes)
    #expect(plan.code == 0, "\(plan.errors)")
    #expect(
      plan.output.contains("clips a step        4 in the mean of all shapes\n  4x16x16 "), "\(plan.output)")
    #expect(
      plan.output.contains("\n  2x16x8            40 % of the steps: 2 tokens a clip, 8 clips a step, "))
    #expect(try train(bench, []).code == 0)
    let lines = try String(contentsOfFile: bench.output + "/metrics.jsonl", encoding: .utf8).split(
      separator: "\n")
    #expect(lines.count { $0.contains("\"shape\":\"4x16x16\"") } == 6)
    #expect(lines.count { $0.contains("\"shape\":\"2x16x8\"") } == 4)
    let one = try bench.pretrain(output: bench.path + "/one")
    #expect(one.code == 0)
    #expect(try !String(contentsOfFile: bench.path + "/one/metrics.jsonl", encoding: .utf8).contains("shape"))
  }

  @Test func aRunGoesOnToTheSameBits() throws {
    let bench = try Workbench(steps: 8)
    let whole = try train(bench, [], output: bench.path + "/whole")
    #expect(try train(bench, ["--stop-after", "3"]).code == 75)
    let rest = try train(bench, ["--set", "data.workers=3"])
    #expect(rest.code == 0, "\(rest.errors)")
    #expect(rest.json["hash"] as? String == whole.json["hash"] as? String && whole.json["hash"] != nil)
  }

  /// Two frames first, then four beside them, then four alone.
  @Test func phasesAreToldAndKept() throws {
    let bench = try Workbench(steps: 20)
    let phases = [
      "--set", "training.batchSize=2", "--set",
      #"data.shapes=[{"frames": 4, "from": 4}, {"frames": 2, "width": 8, "until": 8}]"#,
    ]
    func train(_ more: [String]) throws -> CommandResult {
      try vfm(["vfm-train", "pretrain", bench.recipe, "--output", bench.output] + phases + more)
    }
    let plan = try train(["--plan"])
    #expect(
      plan.output.contains("\n  4x16x16           70 % of the steps (steps 4 to 19): "), "\(plan.output)")
    #expect(
      plan.output.contains("\n  2x16x8            30 % of the steps (steps 0 to 7): "), "\(plan.errors)")
    let json = try train(["--plan", "--json"])
    let shapes = try #require(json.json["shapes"] as? [[String: Any]])
    #expect(shapes.map { $0["from"] as? Int } == [4, 0] && shapes.map { $0["until"] as? Int } == [20, 8])
    #expect(try train(["--stop-after", "6"]).code == 75)
    // The last shape goes on in a longer run.
    let rest = try train(["--set", "training.steps=24"])
    #expect(rest.code == 0, "\(rest.errors)")
    #expect(
      rest.errors.contains(
        "75 % of the steps (steps 4 to 23): 2 clips of 4x16x16, from 15\n25 % of the steps (steps 0 to 7): 8 clips of 2x16x8"
      ),
      "\(rest.errors)")
    let lines = try String(contentsOfFile: bench.output + "/metrics.jsonl", encoding: .utf8).split(
      separator: "\n"
    ).filter { $0.contains("\"shape\"") }
    #expect(lines.count == 24 && lines[..<4].allSatisfy { $0.contains("2x16x8") })
    #expect(lines[8...].allSatisfy { $0.contains("4x16x16") })
    let gap = try train(["--set", "data.shapes[0].until=12"])
    #expect(gap.code == 65 && gap.errors.contains("no shape is learned in steps 12 to 19"), "\(gap.errors)")
  }

  @Test func otherBucketsAreNoWayToGoOn() throws {
    let bench = try Workbench(steps: 8)
    #expect(try train(bench, ["--stop-after", "3"]).code == 75)
    // A limit that refuses clips takes them out of all buckets.
    let index = bench.path + "/index.jsonl"
    #expect(try vfm(["vfm-data", "index", bench.path + "/set/train.jsonl", "--output", index]).code == 0)
    let lines = try String(contentsOfFile: index, encoding: .utf8).components(separatedBy: "\n")
    let changed = lines.enumerated().map {
      $0 == 2 ? $1.replacing("\"duration\":0.5", with: "\"duration\":0.1") : $1
    }
    #expect(changed[2] != lines[2], "\(lines[2])")
    try bench.write(changed.joined(separator: "\n"), to: "index.jsonl")
    let other = try train(bench, ["--set", "data.index=\(index)"])
    #expect(
      other.code == 65 && other.errors.contains("The clips of data.shapes are not those that the run in"),
      "\(other.errors)")
    let batch = try train(bench, ["--set", "training.batchSize=8"])
    #expect(
      batch.code == 65 && batch.errors.contains("and with data.shapes those of each shape what they were"))
  }

  @Test func tooFewClipsAreNamed() throws {
    let bench = try Workbench(steps: 8)
    let few = ["--set", "training.batchSize=10"]
    let words =
      "data.shapes[1], 2x16x8: 15 clips of \(bench.path)/set/train.jsonl are too few for one of its steps, which has 40"
    for more in [[], ["--plan"]] {
      let run = try train(bench, few + more)
      #expect(run.code == 65 && run.errors.contains(words), "\(run.errors)")
      #expect(run.errors.contains("Clips by shape: 4x16x16 has 15, 2x16x8 has 15."), "\(run.errors)")
    }
  }

  @Test func picturesAndClipsShareARun() throws {
    let bench = try Workbench()
    let folder = bench.path + "/mixed"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    for clip in 0..<4 {
      try FileManager.default.copyItem(
        atPath: bench.path + "/set/clips/00000\(clip).mp4", toPath: folder + "/\(clip).mp4")
      try "a clip".write(toFile: folder + "/\(clip).txt", atomically: true, encoding: .utf8)
    }
    let checkpoint = try bench.trained()
    let sheet = try vfm([
      "vfm-sample", "--checkpoint", checkpoint, "--prompt", "x", "--steps", "1", "--output",
      folder + "/9.png",
    ])
    #expect(sheet.code == 0)
    try "a sheet".write(toFile: folder + "/9.txt", atomically: true, encoding: .utf8)
    let mixed = [
      "data.train=\(folder)", "model.patch=[1, 8, 8]", "training.batchSize=1", "training.steps=10",
      "data.badClipTolerance=0",
      #"data.shapes=[{"frames": 4, "share": 0.8}, {"frames": 1, "share": 0.2}]"#,
    ].flatMap { ["--set", $0] }
    let run = try vfm(["vfm-train", "pretrain", bench.recipe, "--output", bench.path + "/mixed-run"] + mixed)
    #expect(run.code == 0 && run.errors.contains(", 5 clips, "), "\(run.errors)")
    #expect(
      run.errors.contains(
        "80 % of the steps: 1 clip of 4x16x16, from 4\n20 % of the steps: 4 clips of 1x16x16, from 5"))
    let check = try vfm(["vfm-data", "check", folder, "--recipe", bench.recipe])
    #expect(check.output.contains("4 clips"), "\(check.output)")
  }

  @Test func theyAreNotPacked() throws {
    let bench = try Workbench()
    let pack = try vfm(["vfm-data", "pack", bench.recipe, "--output", bench.path + "/pack"] + Self.shapes)
    #expect(
      pack.code == 65 && pack.errors.contains("data.shapes: a pack holds clips of one shape"),
      "\(pack.errors)")
  }

  /// Held-out clips are looked at in the recipe's own shape, whatever others there are.
  @Test func checkHoldsClipsAgainstTheShapesThatTheyAreReadIn() throws {
    let bench = try Workbench()
    let rows = "path,caption,start,end\nset/clips/000000.mp4,a clip,,\nset/clips/000001.mp4,short,0,0.1\n"
    for name in ["train.csv", "heldout.csv"] { try bench.write(rows, to: name) }
    let recipe = try String(contentsOfFile: bench.recipe, encoding: .utf8)
      .replacing("set/train.jsonl", with: "train.csv").replacing("set/validation.jsonl", with: "heldout.csv")
    try bench.write(recipe, to: "one.json")
    try bench.write(
      recipe.replacing(
        #""frameRate": 8"#, with: #""frameRate": 8, "shapes": [{"frames": 4}, {"frames": 2}]"#),
      to: "two.json")
    func check(_ list: String, _ recipe: String) throws -> String {
      try vfm(["vfm-data", "check", "\(bench.path)/\(list)", "--recipe", "\(bench.path)/\(recipe)"]).output
    }
    let words = "which is 1 of the 4 frames"
    #expect(try check("train.csv", "one.json").contains(words))
    #expect(try !check("train.csv", "two.json").contains("choosing frames"))
    #expect(try check("heldout.csv", "two.json").contains(words))
  }
}
