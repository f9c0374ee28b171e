import Foundation
import Testing

/// `vfm-eval` on a tiny model: what it prints, what it writes, and what it refuses.
@Suite(.serialized) struct EvalTests {
  private func eval(_ bench: Workbench, _ checkpoint: String, _ more: String...) throws -> CommandResult {
    try vfm(
      ["vfm-eval", "--checkpoint", checkpoint, "--manifest", bench.path + "/set/test.jsonl", "--steps", "2"]
        + more)
  }

  /// A run of adapters on the trained model, on the few clips of the validation list.
  private func tuned(_ bench: Workbench) throws -> String {
    let result = try vfm([
      "vfm-train", "finetune", "--base", try bench.trained(), "--data", bench.path + "/set/train.jsonl",
      "--method",
      "lora", "--output", bench.path + "/tuned", "--set", "training.steps=2", "--set", "training.batchSize=2",
      "--set", "training.sampleEvery=0",
    ])
    #expect(result.code == 0, "\(result.errors)")
    return bench.path + "/tuned"
  }

  @Test func oneObjectHoldsAllFigures() throws {
    let bench = try Workbench()
    let checkpoint = try bench.trained()
    let result = try eval(bench, bench.output, "--json")
    #expect(result.code == 0, "\(result.errors)")
    let json = result.json
    #expect(
      Set(json.keys) == [
        "checkpoint", "kind", "manifest", "clips", "provenance", "heldOutLoss", "heldOut", "evaluations",
        "sampling",
        "promptFollowing", "nearest",
      ])
    #expect(json["checkpoint"] as? String == checkpoint && json["kind"] as? String == "textToVideo")
    let heldOut = try #require(json["heldOut"] as? [String: Double])
    #expect(heldOut.count == 5)
    #expect((json["evaluations"] as? [String: [String: Double]])?["held-out loss"] == heldOut)
    let mean = heldOut.values.reduce(0, +) / 5
    #expect(abs((json["heldOutLoss"] as? Double ?? 0) - mean) < 1e-9)
    let provenance = try #require(json["provenance"] as? [String: Any])
    #expect(provenance["clips"] as? Int == json["clips"] as? Int)
    #expect((provenance["listHash"] as? String)?.count == 64)
    // Steps by the option, guidance by the recipe.
    let sampling = try #require(json["sampling"] as? [String: Double])
    #expect(sampling["steps"] == 2 && sampling["guidance"] == 4)
    let nearest = try #require(json["nearest"] as? [String: Any])
    #expect(nearest["training"] as? String == bench.path + "/set/train.jsonl")
    for figures in [nearest, try #require(nearest["heldOut"] as? [String: Any])] {
      #expect(figures["median"] is Double && (figures["matches"] as? [Any])?.count == json["clips"] as? Int)
    }
    #expect(try eval(bench, bench.output, "--json", "--threads", "1").output == result.output)
  }

  @Test func anAdapterIsShownBesideItsBase() throws {
    let bench = try Workbench()
    let tuned = try tuned(bench)
    let beside = try eval(bench, tuned, "--json").json
    let alone = try eval(bench, bench.output, "--training", bench.path + "/set/train.jsonl", "--json").json
    let base = try #require(beside["base"] as? [String: Any])
    #expect(NSDictionary(dictionary: base) == NSDictionary(dictionary: alone))
    #expect(beside["heldOutLoss"] as? Double != base["heldOutLoss"] as? Double)

    let text = try eval(bench, tuned)
    #expect(text.code == 0, "\(text.errors)")
    let hash = try #require((base["provenance"] as? [String: Any])?["listHash"] as? String)
    for words in [
      "/tuned/checkpoints/step-00000002.h5 beside \(bench.output)/checkpoints/step-00000004.h5",
      "list \(hash.prefix(12)), protocol 1", "held-out loss\nnoise level", "the base's samples",
      "held-out clips",
    ] { #expect(text.output.contains(words), "\(words) not in: \(text.output)") }
    let head = text.output.split(separator: "\n").first { $0.hasPrefix("noise level") }
    #expect(head?.split(separator: " ").suffix(3) == ["base", "this", "change"])

    // Moved away, the base must be named.
    try FileManager.default.moveItem(atPath: bench.output, toPath: bench.path + "/moved")
    let missing = try eval(bench, tuned)
    #expect(missing.code == 66 && missing.errors.contains("--base"), "\(missing.errors)")
    let named = try eval(bench, tuned, "--base", bench.path + "/moved", "--json")
    #expect(named.json["heldOutLoss"] as? Double == beside["heldOutLoss"] as? Double, "\(named.errors)")
  }

  @Test func aWholeCheckpointIsShownBesideAnyOfItsKindAndShape() throws {
    let bench = try Workbench()
    let checkpoint = try bench.trained()
    let earlier = bench.output + "/checkpoints/step-00000002.h5"
    let both = try eval(bench, checkpoint, "--base", earlier, "--samples", "0", "--json")
    #expect(both.code == 0, "\(both.errors)")
    #expect((both.json["base"] as? [String: Any])?["checkpoint"] as? String == earlier)
    #expect(both.json["promptFollowing"] == nil && both.json["nearest"] == nil)

    let shape = try bench.pretrain("--set", "data.frames=2", output: bench.path + "/short")
    #expect(shape.code == 0, "\(shape.errors)")
    let refused = try eval(bench, checkpoint, "--base", bench.path + "/short")
    #expect(refused.code == 65 && refused.output.isEmpty)
    for words in ["2 frames of 16×16 at 8 a second", "4 frames of 16×16 at 8 a second", "give a --base"] {
      #expect(refused.errors.contains(words), "\(refused.errors)")
    }
  }

  @Test func aKindThatSamplesNothingHasLossesAlone() throws {
    let bench = try Workbench()
    try bench.write(
      """
      {
        "version": 2, "task": { "kind": "denoising" },
        "data": { "train": "\(bench.path)/set/train.jsonl", "frames": 4, "height": 16, "width": 16, "frameRate": 8 },
        "textEncoder": { "width": 16, "depth": 1, "heads": 2, "feedForward": 24 },
        "model": { "width": 24, "depth": 2, "heads": 2, "patch": [2, 8, 8], "frequencyWidth": 16 },
        "training": { "steps": 2, "batchSize": 4, "checkpointEvery": 2, "validateEvery": 0 }
      }
      """, to: "denoising.json")
    let denoiser = bench.path + "/denoiser"
    let run = try vfm(["vfm-train", "pretrain", bench.path + "/denoising.json", "--output", denoiser])
    #expect(run.code == 0, "\(run.errors)")
    let report = bench.path + "/report.html"
    let result = try eval(bench, denoiser, "--json", "--report", report)
    #expect(result.code == 0 && result.errors.contains("\"denoising\" samples no clips"), "\(result.errors)")
    #expect((result.json["heldOut"] as? [String: Double])?.keys.sorted() == ["strength 0.5"])
    #expect(
      result.json["promptFollowing"] == nil && result.json["nearest"] == nil && result.json["base"] == nil)
    #expect(try String(contentsOfFile: report, encoding: .utf8).contains("strength 0.5"))

    let mixed = try eval(bench, try bench.trained(), "--base", denoiser)
    #expect(mixed.code == 65 && mixed.errors.contains("task.kind \"denoising\""), "\(mixed.errors)")
  }

  @Test func otherCaptionsAreAnotherList() throws {
    let bench = try Workbench()
    let checkpoint = try bench.trained()
    func hash() throws -> String? {
      let result = try eval(bench, checkpoint, "--json", "--samples", "0")
      return (result.json["provenance"] as? [String: Any])?["listHash"] as? String
    }
    let before = try hash()
    #expect(try hash() == before && before != nil)
    let manifest = bench.path + "/set/test.jsonl"
    let text = try String(contentsOfFile: manifest, encoding: .utf8)
    let word = try #require(["left", "right", "up", "down"].first { text.contains(" \($0)") })
    let range = try #require(text.range(of: " \(word)"))
    try text.replacingCharacters(in: range, with: " \(word) and").write(
      toFile: manifest, atomically: true, encoding: .utf8)
    #expect(try hash() != before)
  }

  @Test func theReportIsOneFileWithPicturesAndClips() throws {
    let bench = try Workbench()
    let (tuned, report, sheet) = (try tuned(bench), bench.path + "/report.html", bench.path + "/sheet.png")
    let result = try eval(bench, tuned, "--report", report, "--sheet", sheet, "--training-clips", "5")
    #expect(result.code == 0, "\(result.errors)")
    #expect(result.output.contains("closeness to 5 training clips"))
    #expect(FileManager.default.fileExists(atPath: sheet))
    let page = try String(contentsOfFile: report, encoding: .utf8)
    let sources = page.components(separatedBy: "src=\"").dropFirst()
    #expect(
      sources.allSatisfy { $0.hasPrefix("data:") } && !page.contains("http:") && !page.contains("https:"))
    #expect(sources.contains { $0.hasPrefix("data:image/png") })
    #expect(sources.count { $0.hasPrefix("data:video/mp4") } % 3 == 0)
    for words in [
      "<h2>Held-out loss</h2>", "<h2>Samples</h2>", "<h2>Closest to training clips</h2>", "protocol 1",
    ] {
      #expect(page.contains(words), "\(words)")
    }
  }

  /// Without attributes some captions are sampled all the same, to tell how close samples come to training clips.
  @Test func captionsAloneAreSampledToo() throws {
    let bench = try Workbench()
    let clips = try FileManager.default.contentsOfDirectory(atPath: bench.path + "/set/clips").sorted()
    try bench.write(
      "path,caption\n" + clips.map { "clips/\($0),a red circle\n" }.joined(), to: "set/plain.csv")
    let result = try vfm([
      "vfm-eval", "--checkpoint", try bench.trained(), "--manifest", bench.path + "/set/plain.csv", "--json",
    ])
    #expect(result.code == 0, "\(result.errors)")
    // Steps by the recipe.
    #expect((result.json["sampling"] as? [String: Double])?["steps"] == 2)
    #expect((result.json["sampling"] as? [String: Double])?["samples"] == 8)
    #expect(result.json["promptFollowing"] == nil && result.json["nearest"] != nil)
  }

  @Test func withoutTrainingClipsTheirFigureIsLeftOut() throws {
    let bench = try Workbench()
    let checkpoint = try bench.trained()
    let train = bench.path + "/set/train.jsonl"
    try FileManager.default.moveItem(atPath: train, toPath: train + ".away")
    let result = try eval(bench, checkpoint, "--json")
    #expect(result.code == 0 && result.json["nearest"] == nil && result.json["promptFollowing"] != nil)
    #expect(result.errors.contains(train) && result.errors.contains("--training"), "\(result.errors)")
    let asked = try eval(bench, checkpoint, "--training", train)
    #expect(asked.code == 66 && asked.errors.contains(train), "\(asked.errors)")
  }

  @Test func whatIsWrongIsSaidBeforeAnythingIsMeasured() throws {
    let bench = try Workbench()
    let checkpoint = try bench.trained()
    func refuse(_ result: CommandResult, _ code: Int32, _ words: String) {
      #expect(result.code == code && result.errors.contains(words), "\(result.code) \(result.errors)")
      #expect(result.output.isEmpty && !result.errors.contains("Fatal error"))
    }
    refuse(try eval(bench, checkpoint, "--report", bench.path + "/none/r.html"), 73, "make the folder")
    refuse(try eval(bench, checkpoint, "--report", bench.path), 73, "is a folder")
    refuse(try eval(bench, checkpoint, "--sheet", bench.path + "/none/s.png"), 73, "--sheet")
    refuse(try eval(bench, checkpoint, "--base", bench.path + "/none.h5"), 66, "none.h5")
    refuse(try eval(bench, checkpoint, "--training-clips", "0"), 64, "--training-clips")
    refuse(try eval(bench, checkpoint, "--guidance", "nan"), 64, "--guidance")
    refuse(try eval(bench, checkpoint, "--clips", "0"), 64, "--clips")
    refuse(try eval(bench, checkpoint, "--views", "5*3"), 64, "--views must be times x crops, as in 5x3")
    let confusion = bench.path + "/confusion.png"
    for option in [["--views", "5x3"], ["--confusion", confusion], ["--allow-shared"]] {
      let result = try vfm(
        ["vfm-eval", "--checkpoint", checkpoint, "--manifest", bench.path + "/set/test.jsonl"] + option)
      refuse(result, 64, "\(option[0]) is for models that tell classes apart")
      #expect(result.errors.contains("task.kind \"textToVideo\""), "\(result.errors)")
    }
    refuse(try eval(bench, checkpoint, "--confusion", bench.path + "/none/c.png"), 73, "--confusion")
    try bench.write("path,caption\n", to: "empty.csv")
    refuse(
      try vfm(["vfm-eval", "--checkpoint", checkpoint, "--manifest", bench.path + "/empty.csv"]), 65,
      "empty.csv")
    try bench.write("no video", to: "bad.mp4")
    try bench.write("path,caption\nbad.mp4,bad\n", to: "bad.csv")
    refuse(
      try vfm(["vfm-eval", "--checkpoint", checkpoint, "--manifest", bench.path + "/bad.csv"]), 65,
      "None of the clips")
  }
}
