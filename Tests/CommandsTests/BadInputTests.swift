import Foundation
import Testing

/// Each way in, with something wrong: one clear sentence, a remedy, the documented code, and nothing lost.
@Suite(.serialized) struct BadInputTests {
  private func expect(_ result: CommandResult, code: Int32, _ words: String...) {
    #expect(result.code == code, "\(result.errors)")
    for word in words { #expect(result.errors.contains(word), "\(word) not in: \(result.errors)") }
    #expect(!result.errors.contains("Fatal error"))
  }

  @Test func aMissingManifest() throws {
    let bench = try Workbench()
    expect(try bench.pretrain("--set", "data.train=/nowhere/clips.csv"), code: 66, "/nowhere/clips.csv")
    #expect(!FileManager.default.fileExists(atPath: bench.output))
  }

  @Test func anEmptyManifest() throws {
    let bench = try Workbench()
    try bench.write("path,caption\n", to: "empty.csv")
    expect(try bench.pretrain("--set", "data.train=\(bench.path)/empty.csv"), code: 65, "empty.csv")
    try bench.write("", to: "empty.jsonl")
    expect(try bench.pretrain("--set", "data.train=\(bench.path)/empty.jsonl"), code: 65, "empty.jsonl")
  }

  @Test func aManifestOfMissingClips() throws {
    let bench = try Workbench()
    try bench.write("path,caption\ngone.mp4,a clip\naway.mp4,another\n", to: "list.csv")
    expect(
      try bench.pretrain("--set", "data.train=\(bench.path)/list.csv"), code: 65, "gone.mp4", "away.mp4",
      "line 2")
  }

  @Test func mistakesInARecipeAllAtOnce() throws {
    let bench = try Workbench()
    let text = try String(contentsOfFile: bench.recipe, encoding: .utf8)
      .replacingOccurrences(of: "\"steps\": 4", with: "\"stepz\": 4")
      .replacingOccurrences(of: "\"height\": 16", with: "\"height\": 17")
    try bench.write(text, to: "recipe.json")
    expect(
      try bench.pretrain(), code: 65, "recipe.json:", "stepz", "did you mean training.steps?",
      "data.height: 17",
      "training.steps")
    expect(try vfm(["vfm-train", "pretrain", bench.path + "/none.json"]), code: 66, "none.json")
    expect(
      try bench.pretrain("--set", "training.bachSize=3"), code: 65, "training.bachSize", "training.batchSize")
  }

  @Test func aTruncatedNewestCheckpointFallsBack() throws {
    let bench = try Workbench()
    let newest = try bench.trained()
    let bytes = try Data(contentsOf: URL(fileURLWithPath: newest))
    try bytes.prefix(bytes.count - 1000).write(to: URL(fileURLWithPath: newest))
    expect(try bench.pretrain(), code: 0, "step-00000004.h5", "damaged", "going on from step 2")
    try bytes.prefix(5000).write(to: URL(fileURLWithPath: newest))
    expect(try vfm(["vfm-train", "inspect", newest]), code: 65, newest, "damaged")
    expect(
      try vfm(["vfm-sample", "--checkpoint", newest, "--prompt", "x", "--output", bench.path + "/x.mp4"]),
      code: 65,
      "damaged")
    #expect(!FileManager.default.fileExists(atPath: bench.path + "/x.mp4"))
  }

  @Test func aCheckpointOfAnotherModel() throws {
    let bench = try Workbench()
    let newest = try bench.trained()
    let before = try Data(contentsOf: URL(fileURLWithPath: newest))
    expect(
      try bench.pretrain("--set", "model.width=36"), code: 65, "model.width: 36 (was 24)",
      "another --output folder")
    #expect(try Data(contentsOf: URL(fileURLWithPath: newest)) == before)
  }

  @Test func aFileThatIsNoCheckpoint() throws {
    let bench = try Workbench()
    expect(try vfm(["vfm-train", "inspect", bench.recipe]), code: 65, "recipe.json")
    expect(try vfm(["vfm-train", "inspect", bench.path + "/none.h5"]), code: 66, "none.h5")
    expect(
      try vfm(["vfm-eval", "--checkpoint", bench.path, "--manifest", bench.path + "/set/test.jsonl"]),
      code: 66,
      "no checkpoint in")
  }

  @Test func aSampleOfAnUnknownKind() throws {
    let bench = try Workbench()
    expect(
      try vfm(["vfm-sample", "--checkpoint", bench.path, "--prompt", "x", "--output", bench.path + "/x.avi"]),
      code: 64,
      "--output must end in one of .mp4, .webm, .gif, .mkv (a clip), .png (a contact sheet) or / (a folder)")
    expect(
      try bench.pretrain("--set", "samples.format=\"avi\""), code: 65, "samples.format", "mp4", "webm")
    expect(
      try bench.pretrain("--set", "samples.format=\"gif\"", "--set", "data.frameRate=60"), code: 65,
      "a gif shows at most 50 frames per second")
  }

  @Test func anOutputThatCannotBeWritten() throws {
    let bench = try Workbench()
    try bench.write("a file", to: "taken")
    expect(try bench.pretrain(output: bench.path + "/taken/run"), code: 73, "taken")
    expect(try bench.pretrain(output: "/proc/nowhere"), code: 73, "/proc/nowhere")
  }

  @Test func aFullDiskCostsNoEarlierCheckpoint() throws {
    let bench = try Workbench()
    let first = try bench.pretrain("--stop-after", "2")
    #expect(first.code == 75)
    let kept = bench.output + "/checkpoints/step-00000002.h5"
    let before = try Data(contentsOf: URL(fileURLWithPath: kept))
    let result = try vfm(
      ["vfm-train", "pretrain", bench.recipe, "--output", bench.output], limit: before.count / 1024 / 2)
    expect(result, code: 74, "step-00000004.h5", "step-00000002.h5 is intact")
    #expect(try Data(contentsOf: URL(fileURLWithPath: kept)) == before)
    let again = try bench.pretrain()
    expect(again, code: 0, "going on from step 2")
  }

  @Test func tooManyBadClipsStopTheRunAndOnesWithinToleranceAreNamed() throws {
    let bench = try Workbench()
    let manifest = try String(contentsOfFile: bench.path + "/set/train.jsonl", encoding: .utf8)
    try bench.write("this is no video\n", to: "set/clips/bad.mp4")
    try bench.write(
      manifest + "{\"path\": \"clips/bad.mp4\", \"caption\": \"nothing\"}\n", to: "set/train.jsonl")
    let strict = try bench.pretrain("--set", "data.badClipTolerance=0", "--set", "training.steps=20")
    expect(strict, code: 65, "bad.mp4", "badClipTolerance")
    let lenient = try bench.pretrain(
      "--set", "data.badClipTolerance=0.2", "--set", "training.steps=20", output: bench.path + "/lenient")
    expect(lenient, code: 0, "1 clip gave no sample", "quarantine.jsonl")
    let quarantine = try String(contentsOfFile: bench.path + "/lenient/quarantine.jsonl", encoding: .utf8)
    #expect(quarantine.contains("bad.mp4"))
  }

  @Test func twoRunsInOneFolder() throws {
    let bench = try Workbench(steps: 100_000)
    let result = try vfm(
      ["vfm-train", "pretrain", bench.recipe, "--output", bench.output],
      whileRunning: { process in
        let metrics = bench.output + "/metrics.jsonl"
        while process.isRunning, (FileManager.default.contents(atPath: metrics)?.count ?? 0) < 200 {
          usleep(20_000)
        }
        let second = try? bench.pretrain()
        #expect(second?.code == 73)
        #expect(second?.errors.contains("in use by another run") == true)
        process.terminate()
      })
    #expect(result.code == 75)
  }

  @Test func wrongUsage() throws {
    #expect(try vfm(["vfm-train", "pretrain"]).code == 64)
    #expect(try vfm(["vfm-sample", "--checkpoint", "x", "--prompt", "y", "--output", "z.avi"]).code == 64)
    #expect(try vfm(["vfm-data", "synthesize", "/tmp/x", "--level", "hardest"]).code == 64)
    #expect(try vfm(["vfm-train", "--help"]).output.contains("pretrain"))
  }
}
