import Foundation
import Testing

/// `vfm-eval features`, `nearest` and `probe` on tiny models: what they say, and what they refuse.
@Suite(.serialized) struct FeaturesTests {
  private let bench: Workbench
  private let train: String, test: String

  /// Lists with a label: which way things move.
  init() throws {
    bench = try Workbench()
    (train, test) = (bench.path + "/set/train.jsonl", bench.path + "/set/test.jsonl")
  }

  private func features(
    _ checkpoint: String, _ manifest: String, _ name: String, _ more: String...,
    whileRunning: ((Process) -> Void)? = nil
  ) throws -> CommandResult {
    try vfm(
      [
        "vfm-eval", "features", "--checkpoint", checkpoint, "--manifest", manifest, "--output",
        bench.path + "/" + name, "--labels", "motion",
      ] + more, whileRunning: whileRunning)
  }

  /// A run of two steps of another kind.
  private func run(_ kind: String, _ more: String) throws -> String {
    try bench.write(
      """
      {
        "version": 2, "task": { "kind": "\(kind)" },
        "data": { "train": "\(train)", "frames": 4, "height": 16, "width": 16, "frameRate": 8 },
        "model": { "width": 24, "depth": 2, "heads": 2, "patch": [2, 8, 8] }, \(more),
        "training": { "steps": 2, "batchSize": 4, "checkpointEvery": 2, "validateEvery": 0 }
      }
      """, to: "\(kind).json")
    let output = bench.path + "/\(kind)"
    let result = try vfm(["vfm-train", "pretrain", bench.path + "/\(kind).json", "--output", output])
    #expect(result.code == 0, "\(result.errors)")
    return output
  }

  private func bytes(_ name: String) throws -> Data {
    try Data(contentsOf: URL(fileURLWithPath: bench.path + "/" + name))
  }

  @Test func oneFigureComparesModelsOfAllKinds() throws {
    let masked = try run(
      "maskedAutoencoder",
      "\"decoder\": { \"width\": 12, \"depth\": 1, \"heads\": 2 }, \"objective\": { \"hiddenShare\": 0.5 }")
    let flow = try bench.trained()
    for (checkpoint, name) in [(masked, "masked"), (flow, "flow")] {
      for (manifest, part) in [(train, "train"), (test, "test")] {
        let made = try features(checkpoint, manifest, "\(name)-\(part).h5", "--block", "1", "--json")
        #expect(made.code == 0 && made.json["block"] as? Int == 1, "\(made.errors)")
      }
      let files = ["\(bench.path)/\(name)-train.h5", "--test", "\(bench.path)/\(name)-test.h5"]
      let (report, picture) = ("\(bench.path)/\(name).html", "\(bench.path)/\(name).png")
      let probe = try vfm(
        ["vfm-eval", "probe"] + files + ["--json", "--report", report, "--confusion", picture])
      #expect(probe.code == 0, "\(probe.errors)")
      for key in [
        "top1", "meanClass", "crossEntropy", "intervals", "perClass", "confusion", "probe", "provenance",
      ] {
        #expect(probe.json[key] != nil, "\(key)")
      }
      #expect((probe.json["probe"] as? [String: Any])?["tried"] is [Any])
      #expect([report, picture].allSatisfy { FileManager.default.fileExists(atPath: $0) })
      let text = try vfm(["vfm-eval", "probe"] + files)
      #expect(text.output.contains("mean class") && text.output.contains("λ"), "\(text.output)\(text.errors)")
    }
    let mixed = try vfm([
      "vfm-eval", "probe", bench.path + "/masked-train.h5", "--test", bench.path + "/flow-test.h5",
    ])
    #expect(mixed.code == 65 && mixed.errors.contains("cannot be compared"), "\(mixed.errors)")
  }

  @Test func whatIsNoFeaturesIsNotReplaced() throws {
    let checkpoint = bench.path + "/mine.h5"
    try FileManager.default.copyItem(atPath: try bench.trained(), toPath: checkpoint)
    let before = try bytes("mine.h5")
    let result = try features(checkpoint, train, "mine.h5")
    #expect(result.code == 73 && result.errors.contains("holds no features"), "\(result.errors)")
    #expect(try bytes("mine.h5") == before)
  }

  @Test func labelsThatNoClipHasAreRefusedBeforeAnythingIsComputed() throws {
    let result = try vfm([
      "vfm-eval", "features", "--checkpoint", try bench.trained(), "--manifest", train, "--output",
      bench.path + "/f.h5", "--labels", "moton",
    ])
    #expect(result.code == 65 && result.errors.contains("--labels moton: no clip of"), "\(result.errors)")
    #expect(!FileManager.default.fileExists(atPath: bench.path + "/f.h5"))
  }

  @Test func bitsDependOnNeitherThreadsNorStops() throws {
    let checkpoint = try bench.trained()
    #expect(try features(checkpoint, train, "a.safetensors", "--threads", "1").code == 0)
    #expect(try features(checkpoint, train, "b.safetensors", "--threads", "3").code == 0)
    #expect(try bytes("a.safetensors") == bytes("b.safetensors"))
    let again = try features(checkpoint, train, "a.safetensors")
    #expect(again.code == 0 && again.errors.contains("holds these features already"), "\(again.errors)")

    let stopped = try features(checkpoint, train, "c.safetensors") { process in
      for _ in 0..<3000 where !FileManager.default.fileExists(atPath: bench.path + "/c.safetensors.parts") {
        usleep(1000)
      }
      kill(process.processIdentifier, SIGINT)
    }
    if stopped.code == 75 {
      #expect(stopped.errors.contains("run the same command again"), "\(stopped.errors)")
      #expect(!FileManager.default.fileExists(atPath: bench.path + "/c.safetensors"))
      #expect(try features(checkpoint, train, "c.safetensors").code == 0)
    }
    #expect(try bytes("c.safetensors") == bytes("a.safetensors"), "\(stopped.code) \(stopped.errors)")

    for (option, value) in [("--time", "0.6"), ("--block", "1")] {
      #expect(try features(checkpoint, train, "d.safetensors", option, value).code == 0)
      #expect(try bytes("d.safetensors") != bytes("a.safetensors"), "\(option)")
    }
    #expect(try features(checkpoint, train, "e.h5", "--no-captions", "--pool", "tokens").code == 0)
  }

  @Test func nearestListsAndShowsClips() throws {
    let checkpoint = try bench.trained()
    #expect(try features(checkpoint, train, "1.h5", "--shard", "1/2").code == 0)
    #expect(try features(checkpoint, train, "2.h5", "--shard", "2/2").code == 0)
    let (files, sheet) = ([bench.path + "/1.h5", bench.path + "/2.h5"], bench.path + "/sheet.png")
    let found = try vfm(
      ["vfm-eval", "nearest"] + files + [
        "--clip", "clips/000001.mp4", "--count", "3", "--sheet", sheet, "--json",
      ])
    #expect(found.code == 0, "\(found.errors)")
    let nearest = try #require(found.json["nearest"] as? [[String: Any]])
    #expect(nearest.count == 3 && nearest.allSatisfy { $0["name"] as? String != "clips/000001.mp4" })
    let similarities = nearest.compactMap { $0["similarity"] as? Double }
    #expect(similarities == similarities.sorted(by: >) && FileManager.default.fileExists(atPath: sheet))
    let text = try vfm(["vfm-eval", "nearest"] + files + ["--clip", "clips/000001.mp4"])
    #expect(text.output.contains("similarity") && text.output.contains("nearest to clips/000001.mp4"))

    let recall = try vfm(["vfm-eval", "nearest"] + files + ["--json"])
    #expect(
      ((recall.json["recall"] as? [String: Any])?["at5"] as? [String: Any])?["share"] is Double,
      "\(recall.errors)")
    let table = try vfm(["vfm-eval", "nearest", files[0], "--against", files[1]])
    #expect(
      table.code == 0 && table.output.contains("recall at") && table.output.contains("by class"),
      "\(table.errors)")

    let unknown = try vfm(["vfm-eval", "nearest"] + files + ["--clip", "clips/00001.mp4"])
    #expect(unknown.code == 65 && unknown.errors.contains("did you mean clips/0000"), "\(unknown.errors)")
    let twice = try vfm(["vfm-eval", "nearest", files[0], files[0]])
    #expect(twice.code == 65 && twice.errors.contains("give each file"), "\(twice.errors)")
    let lost = try vfm(
      ["vfm-eval", "nearest"] + files + ["--clip", "clips/000001.mp4", "--sheet", sheet, "--manifest", test])
    #expect(lost.code == 65 && lost.errors.contains("does not list"), "\(lost.errors)")
  }

  @Test func whatIsWrongIsSaidBeforeAnythingIsComputed() throws {
    let classifier = try run("classification", "\"labels\": { \"from\": \"motion\" }")
    func refuse(_ result: CommandResult, _ code: Int32, _ words: String) {
      #expect(result.code == code && result.errors.contains(words), "\(result.code) \(result.errors)")
      #expect(result.output.isEmpty && !result.errors.contains("Fatal error"))
    }
    refuse(
      try features(classifier, train, "f.h5", "--time", "0.3"), 64,
      "--time is for models that were trained on noisy clips")
    refuse(try features(classifier, train, "f.h5", "--no-captions"), 64, "reads no captions")
    refuse(try features(classifier, train, "f.h5", "--block", "3"), 64, "name one from 1 to 2")
    refuse(try features(classifier, train, "f.h5", "--block", "0"), 64, "name one from 1 to 2")
    refuse(try features(classifier, train, "f.h5", "--pool", "attentive"), 64, "take --pool mean")
    refuse(try features(classifier, train, "f.h5", "--pool", "max"), 64, "max")
    refuse(try features(classifier, train, "f.h5", "--shard", "9/8"), 64, "9/8")
    refuse(try features(classifier, train, "f.txt"), 64, "ends in .h5 or .safetensors")
    refuse(try features(classifier, train, "none/f.h5"), 73, "make the folder")
    refuse(try features(classifier, bench.path + "/none.csv", "f.h5"), 66, "none.csv")
    let flow = try bench.trained()
    refuse(try features(flow, train, "f.h5", "--time", "1.5"), 64, "--time must be a number from 0")
    refuse(try vfm(["vfm-eval", "nearest", bench.path + "/none.h5"]), 66, "There is no file")
    refuse(try vfm(["vfm-eval", "nearest", flow]), 65, "is no file of features")
    refuse(try vfm(["vfm-eval", "nearest", flow, "--count", "0"]), 64, "--count")
    refuse(try vfm(["vfm-eval", "nearest", flow, "--sheet", "s.png"]), 64, "name it with --clip")
    #expect(try features(classifier, train, "f.h5").code == 0)
    let help = try vfm(["vfm-eval", "--help"])
    for name in ["measure", "features", "nearest", "probe"] { #expect(help.output.contains(name)) }
  }
}
