import Foundation
import Testing

/// Latents from an autoencoder to a model that learns from them, by the commands; and what `vfm-data encode` refuses.
@Suite struct EncodeTests {
  @Test func whatHasNoLatentsIsTold() throws {
    let bench = try Workbench()
    let nowhere = try vfm(["vfm-data", "encode", bench.recipe])
    #expect(
      nowhere.code == 64 && nowhere.errors.contains("give --output, or set data.latents"), "\(nowhere.errors)"
    )
    let output = ["vfm-data", "encode", bench.recipe, "--output", bench.path + "/latents"]
    let random = try vfm(output + ["--set", "data.start=random"])
    #expect(
      random.code == 65 && random.errors.contains("data.start: latents are kept of the first frames"),
      "\(random.errors)")
    let pixels = try vfm(output + ["--set", "data.start=first"])
    #expect(pixels.code == 65 && pixels.errors.contains("has no autoencoder here"), "\(pixels.errors)")
    let part = try vfm(output + ["--shard", "4/3"])
    #expect(part.code == 64, "\(part.errors)")
    let run = try vfm([
      "vfm-train", "pretrain", bench.recipe, "--output", bench.path + "/run", "--set", "data.start=first",
      "--set",
      "data.latents=\(bench.path)/latents",
    ])
    #expect(run.code == 65 && run.errors.contains("leave data.latents out"), "\(run.errors)")
    #expect(!FileManager.default.fileExists(atPath: bench.path + "/latents"))
  }

  /// Trains an autoencoder for two steps.
  private func autoencoder(_ bench: Workbench, seed: Int, _ more: String...) throws {
    try bench.write(
      """
      { "seed": \(seed), "task": { "kind": "autoencoder" },
        "model": { "width": 8, "residualBlocks": 1, "multipliers": [1, 2, 4, 4] },
        "data": { "train": "\(bench.path)/set/train.jsonl", "frames": 5, "height": 16, "width": 16, "frameRate": 16 },
        "training": { "steps": 2, "batchSize": 1 } }
      """, to: "autoencoder.json")
    try? FileManager.default.removeItem(atPath: bench.path + "/autoencoder")
    let run = try vfm(
      [
        "vfm-train", "pretrain", bench.path + "/autoencoder.json", "--output", bench.path + "/autoencoder",
      ] + more.flatMap { ["--set", $0] })
    #expect(run.code == 0, "\(run.errors)")
  }

  @Test func aRunFromLatentsHasTheBitsOfTheLoopAndGoesOn() throws {
    let bench = try Workbench(steps: 6)
    try autoencoder(bench, seed: 1)
    let (kept, path) = (bench.path + "/latents", bench.path + "/autoencoder")
    let latent = [
      "task.autoencoder=\(path)", "data.frames=5", "data.frameRate=16", "data.start=first",
      "model.patch=[1,1,1]",
    ].flatMap { ["--set", $0] }
    let looks = ["--set", "training.validateEvery=3"]
    func train(_ name: String, _ more: [String]) throws -> CommandResult {
      try vfm(
        ["vfm-train", "pretrain", bench.recipe, "--json", "--output", bench.path + "/" + name] + latent + more
      )
    }
    let loop = try train("loop", looks)
    #expect(loop.code == 0, "\(loop.errors)")
    let encode = ["vfm-data", "encode", bench.recipe, "--output", kept] + latent
    for part in ["1/2", "2/2"] {
      let encoded = try vfm(encode + ["--shard", part])
      #expect(encoded.code == 0, "\(encoded.errors)")
    }

    let cached = ["--set", "data.latents=\(kept)"]
    let whole = try train("cached", looks + cached)
    #expect(whole.code == 0, "\(whole.errors)")
    for (name, more) in [("loop-alone", []), ("cached-alone", cached)] {
      let run = try train(name, more)
      let plan = try train(name + "-plan", more + ["--plan"])
      #expect(plan.json["peakBytes"] as? Int == run.json["peakBytes"] as? Int, "\(name)")
      #expect(run.json["systemAllocationsAfterThirdStep"] as? Int == 0, "\(run.errors)")
    }
    let hash = try #require(loop.json["hash"] as? String)
    #expect(whole.json["hash"] as? String == hash)
    func figures(_ name: String) throws -> [Substring] {
      try String(contentsOfFile: bench.path + "/\(name)/metrics.jsonl", encoding: .utf8).split(
        separator: "\n"
      )
      .filter { $0.contains("heldOut") }
    }
    #expect(try figures("cached") == figures("loop") && figures("loop").count == 2)

    #expect(try train("parts", looks + cached + ["--stop-after", "3"]).code == 75)
    let rest = try train("parts", looks + cached + ["--threads", "1"])
    #expect(rest.code == 0 && rest.json["hash"] as? String == hash, "\(rest.errors)")

    // Latents of other weights.
    try autoencoder(bench, seed: 2)
    let stale = try train("stale", cached)
    #expect(stale.code == 65 && stale.errors.contains("vfm-data encode"), "\(stale.errors)")
  }

  /// An autoencoder whose latents stand for other pixels, one that is not there, and samples that are no number of latents.
  @Test func whatDoesNotFitTheAutoencoderIsTold() throws {
    let bench = try Workbench()
    try autoencoder(bench, seed: 1, "model.layout=wan2.2", "data.height=32", "data.width=32")
    let clips = ["data.frames=5", "data.frameRate=16", "data.start=first", "data.height=40", "data.width=40"]
    func run(_ command: [String], _ more: String...) throws -> CommandResult {
      let settings = ["model.patch=[1,1,1]", "task.autoencoder=\(bench.path)/autoencoder"] + clips + more
      return try vfm(
        command + [bench.recipe, "--output", bench.path + "/out"] + settings.flatMap { ["--set", $0] })
    }
    for command in [["vfm-data", "encode"], ["vfm-train", "pretrain"]] {
      let stride = try run(command)
      #expect(stride.code == 65, "\(stride.errors)")
      #expect(stride.errors.contains("task.latentStride is [4, 8, 8], but a latent of"), "\(stride.errors)")
      let missing = try run(command, "task.autoencoder=\(bench.path)/none")
      #expect(missing.code == 66 && missing.errors.contains("there is no checkpoint at"), "\(missing.errors)")
      let samples = try run(command, "samples.frames=8")
      #expect(
        samples.code == 65 && samples.errors.contains("samples.frames: 8 frames are not 4n + 1"),
        "\(samples.errors)")
    }
  }
}
