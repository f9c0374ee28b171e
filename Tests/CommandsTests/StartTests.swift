import Foundation
import Testing

/// Runs that start from a checkpoint, with a part of the model frozen.
@Suite(.serialized) struct StartTests {
  private static let freeze = ["--set", "start.frozen=[\"text_encoder\"]"]
  private static let narrow = freeze + ["--set", "start.frozenPrecision=bfloat16"]

  @Test(arguments: [freeze, narrow, ["--set", "start.frozen=[\"transformer.blocks\"]"]])
  func thePlansPeakIsTheOneMeasured(options: [String]) throws {
    let bench = try Workbench(steps: 8)
    func pretrain(_ more: [String]) throws -> CommandResult {
      try vfm(["vfm-train", "pretrain", bench.recipe, "--output", bench.output, "--json"] + options + more)
    }
    let plan = try pretrain(["--plan"])
    // A save amid the run must not raise the peak.
    let run = try pretrain(["--set", "training.checkpointEvery=4"])
    #expect(run.code == 0, "\(run.errors)")
    #expect(run.json["peakBytes"] as? Int == plan.json["peakBytes"] as? Int)
    #expect(run.json["systemAllocationsAfterThirdStep"] as? Int == 0)
    #expect(plan.json["frozenParameters"] as? Int ?? 0 > 0)
  }

  @Test func aRunStartsFromACheckpointAndGoesOnWithoutIt() throws {
    let bench = try Workbench()
    let start = try bench.trained()
    let options = Self.narrow + ["--set", "start.from=\(bench.output)"]
    func pretrain(_ output: String, _ more: String...) throws -> CommandResult {
      try vfm(["vfm-train", "pretrain", bench.recipe, "--output", bench.path + output] + options + more)
    }
    let whole = try pretrain("/whole", "--json")
    #expect(whole.code == 0, "\(whole.errors)")
    #expect(
      whole.errors.contains("starting from \(start): 81 of 81 parameters taken over"), "\(whole.errors)")
    #expect(whole.errors.contains(" frozen in bfloat16) parameters"), "\(whole.errors)")
    #expect(try pretrain("/other", "--plan").output.contains(" frozen in bfloat16)"))

    #expect(try pretrain("/halves", "--stop-after", "1").code == 75)
    try FileManager.default.removeItem(atPath: bench.output)
    let rest = try pretrain("/halves", "--json")
    #expect(rest.code == 0, "\(rest.errors)")
    #expect(!rest.errors.contains("starting from"))
    #expect(rest.json["hash"] as? String == whole.json["hash"] as? String)
    #expect(rest.json["hash"] != nil)

    let sample = try vfm([
      "vfm-sample", "--checkpoint", bench.path + "/halves", "--prompt", "a red circle", "--output",
      bench.path + "/clip.mp4", "--steps", "2",
    ])
    #expect(sample.code == 0, "\(sample.errors)")
  }

  @Test func aDefaultThatMeansNothingToARunIsNoOtherRecipe() throws {
    let bench = try Workbench()
    #expect(try bench.pretrain("--set", "start.lora.rank=16", "--stop-after", "2").code == 75)
    let rest = try bench.pretrain()
    #expect(rest.code == 0 && !rest.errors.contains("changed for the rest"), "\(rest.errors)")
  }

  @Test func samplesAreDrawnAsTheRecipeSays() throws {
    let bench = try Workbench()
    #expect(try bench.pretrain("--set", "samples.guidance=1.5").code == 0)
    func sample(_ more: String...) throws -> Data {
      let path = bench.path + "/sample.mkv"
      let result = try vfm(
        ["vfm-sample", "--checkpoint", bench.output, "--prompt", "a red circle", "--output", path] + more)
      #expect(result.code == 0, "\(result.errors)")
      return try Data(contentsOf: URL(fileURLWithPath: path))
    }
    let own = try sample()
    #expect(try own == sample("--steps", "2", "--guidance", "1.5"))
    #expect(try own != sample("--guidance", "4"))
  }

  @Test func whatIsWrongIsSaidInOneSentence() throws {
    let bench = try Workbench()
    func refusal(_ setting: String) throws -> (code: Int32, text: String) {
      let result = try bench.pretrain("--set", setting, output: bench.path + "/other")
      #expect(!result.errors.contains("Fatal error"))
      return (result.code, result.errors)
    }
    let unknown = try refusal("start.frozen=[\"text_encodr\"]")
    #expect(unknown.code == 65 && unknown.text.contains("did you mean \"text_encoder\"?"), "\(unknown)")
    let everything = try refusal("start.frozen=[\"text_encoder\",\"transformer\"]")
    #expect(everything.code == 65 && everything.text.contains("start.frozen: all parameters"))
    let missing = try refusal("start.from=\(bench.path)/none.h5")
    #expect(missing.code == 66 && missing.text.contains("\(bench.path)/none.h5"))
    let format = try refusal("start.frozenPrecision=float16")
    #expect(format.code == 65 && format.text.contains("start.frozenPrecision"))
    let lonely = try refusal("start.frozen=[\"text_encoder\"]")
    #expect(lonely.code == 0 && lonely.text.contains("there is no start.from"))
  }
}
