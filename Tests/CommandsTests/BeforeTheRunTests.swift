import Foundation
import Testing

/// What is good to know before so much time is spent: cut captions, held-out clips that are trained on, pictures.
struct BeforeTheRunTests {
  private let cut = "captions are cut: the longest has"

  @Test func cutCaptionsAreTold() throws {
    let bench = try Workbench()
    let short = [
      "--set", "tokenizer.length=12", "--set", "samples.prompts=[\"a red circle moves left and left\"]",
    ]
    let plan = try vfm(["vfm-train", "pretrain", bench.recipe, "--plan"] + short)
    #expect(plan.code == 0 && plan.errors.contains(cut), "\(plan.errors)")
    let run = try vfm(["vfm-train", "pretrain", bench.recipe, "--output", bench.output] + short)
    #expect(run.code == 0 && run.errors.contains(cut), "\(run.errors)")
    #expect(
      run.errors.contains(
        "1 of 1 samples.prompts is cut: the longest has 33 tokens, and the first 12 are read"))
    let prompts = ["a red circle moves left", "a red circle moves right"].flatMap { ["--prompt", $0] }
    let sample = try vfm(
      ["vfm-sample", "--checkpoint", bench.output, "--output", bench.path + "/clips/", "--steps", "1"]
        + prompts)
    #expect(
      sample.code == 0 && sample.errors.contains("2 of 2 prompts are cut: the longest has 25 tokens"),
      "\(sample.errors)")
    let whole = try bench.pretrain("--plan")
    #expect(!whole.errors.contains("cut"), "\(whole.errors)")
  }

  @Test func aClipAPrompt() throws {
    let bench = try Workbench()
    let checkpoint = try bench.trained()
    let command = [
      "vfm-sample", "--checkpoint", checkpoint, "--steps", "1", "--prompt", "a", "--prompt", "b",
    ]
    let result = try vfm(command + ["--output", bench.path + "/clips/"])
    #expect(result.code == 0, "\(result.errors)")
    let files = try FileManager.default.contentsOfDirectory(atPath: bench.path + "/clips").sorted()
    #expect(files == ["prompt-00.mp4", "prompt-01.mp4", "prompts.json", "sheet.png"])
    // The folder is there by now, and needs no slash.
    #expect(try vfm(command + ["--output", bench.path + "/clips"]).code == 0)
    let refused = try vfm(command + ["--output", bench.path + "/clip.mp4"])
    #expect(
      refused.code == 64 && refused.errors.contains("several prompts need a folder"), "\(refused.errors)")
  }

  @Test func heldOutClipsThatAreTrainedOnAreTold() throws {
    let bench = try Workbench(steps: 4)
    // The first two are held out and trained on; of the third, another piece is.
    let train = (0..<4).map { "set/clips/00000\($0).mp4,a clip,\($0 == 2 ? "0.25" : ""),\n" }.joined()
    let heldOut = [0, 1, 2, 5].map { "set/clips/00000\($0).mp4,a clip,,\($0 == 2 ? "0.25" : "")\n" }.joined()
    try bench.write("path,caption,start,end\n" + train, to: "train.csv")
    try bench.write("path,caption,start,end\n" + heldOut, to: "heldout.csv")
    let keys = [
      "data.train=\(bench.path)/train.csv", "data.validation=\(bench.path)/heldout.csv",
      "training.validateEvery=2",
    ]
    .flatMap { ["--set", $0] }
    let words = "2 of the 4 held-out clips are trained on, too"
    let run = try vfm(["vfm-train", "pretrain", bench.recipe, "--output", bench.output] + keys)
    #expect(run.code == 0 && run.errors.contains("note: \(words)"), "\(run.errors)")
    #expect(run.errors.contains("step 2: \(words)"), "\(run.errors)")
    let metrics = try String(contentsOfFile: bench.output + "/metrics.jsonl", encoding: .utf8)
    #expect(metrics.contains("\"heldOutTrainedOn\":2"))
    let page = try String(contentsOfFile: bench.output + "/report.html", encoding: .utf8)
    #expect(page.contains("2 of these clips are trained on, too") && !page.contains("never trained on"))
    let plan = try vfm(["vfm-train", "pretrain", bench.recipe, "--plan"] + keys)
    #expect(
      plan.errors.contains("2 of the held-out clips that are looked at are trained on, too"), "\(plan.errors)"
    )
    let check = try vfm(["vfm-data", "check", bench.path + "/train.csv", bench.path + "/heldout.csv"])
    #expect(check.code == 65 && check.output.contains("two splits have the same file"), "\(check.output)")
    let same = try vfm(["vfm-data", "check", bench.path + "/train.csv", bench.path + "/train.csv"])
    #expect(
      same.code == 65 && same.output.contains("4 times two splits have the same file"), "\(same.output)")
  }

  /// A held-out clip is trained on whatever link leads to it.
  @Test func heldOutClipsByOtherNames() throws {
    let bench = try Workbench()
    let files = FileManager.default
    let clips = bench.path + "/set/clips/"
    try files.createSymbolicLink(atPath: clips + "link.mp4", withDestinationPath: "000001.mp4")
    try files.linkItem(atPath: clips + "000002.mp4", toPath: clips + "hard.mp4")
    try bench.write(
      "path,caption\n" + (0..<4).map { "set/clips/00000\($0).mp4,a clip\n" }.joined(), to: "train.csv")
    try bench.write(
      "path,caption\n" + ["link", "hard", "000005"].map { "set/clips/\($0).mp4,a clip\n" }.joined(),
      to: "heldout.csv")
    let plan = try bench.pretrain(
      "--plan", "--set", "data.train=\(bench.path)/train.csv", "--set",
      "data.validation=\(bench.path)/heldout.csv", "--set", "training.validateEvery=2")
    #expect(
      plan.errors.contains("2 of the held-out clips that are looked at are trained on, too"), "\(plan.errors)"
    )
  }

  /// Recipes of one frame train on pictures and videos alike; longer ones say what they leave out.
  @Test func picturesAreClipsOfOneFrame() throws {
    let bench = try Workbench()
    let folder = bench.path + "/mixed"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    for clip in 0..<4 {
      try FileManager.default.copyItem(
        atPath: bench.path + "/set/clips/00000\(clip).mp4", toPath: folder + "/\(clip).mp4")
      try "a clip".write(toFile: folder + "/\(clip).txt", atomically: true, encoding: .utf8)
    }
    let checkpoint = try bench.trained()
    let sheet = try vfm(
      [
        "vfm-sample", "--checkpoint", checkpoint, "--prompt", "x", "--steps", "1", "--output",
        folder + "/9.png",
      ])
    #expect(sheet.code == 0)
    try "a sheet".write(toFile: folder + "/9.txt", atomically: true, encoding: .utf8)
    let still = ["--set", "data.train=\(folder)", "--set", "data.frames=1", "--set", "model.patch=[1, 8, 8]"]
    let run = try vfm(
      [
        "vfm-train", "pretrain", bench.recipe, "--output", bench.path + "/still", "--set",
        "data.badClipTolerance=0",
      ] + still)
    #expect(run.code == 0 && run.errors.contains(", 5 clips, "), "\(run.errors)")
    let long = try vfm(
      [
        "vfm-train", "pretrain", bench.recipe, "--output", bench.path + "/long", "--set",
        "data.train=\(folder)",
      ])
    #expect(long.code == 0 && long.errors.contains(", 4 clips, "), "\(long.errors)")
    #expect(
      long.errors.contains(
        "note: 1 picture is left out: a picture is a clip of one frame, and data.frames is more"),
      "\(long.errors)")
    let check = try vfm(["vfm-data", "check", folder])
    #expect(check.code == 0 && check.output.contains("5 clips"), "\(check.output)")
    let index = try vfm(["vfm-data", "index", folder, "--output", bench.path + "/i.jsonl", "--json"])
    #expect(index.json["good"] as? Int == 5, "\(index.errors)")
  }
}
