import Foundation
import Tensors
import Testing

/// Products of bfloat16, as somebody who types commands sees them. ONEDNN_MAX_CPU_ISA hides instructions from the library.
@Suite(.enabled(if: OneDNN.multipliesBFloat16, "this processor has no instructions for bfloat16"))
struct PrecisionTests {
  private static let narrow = ["--set", "training.computePrecision=bfloat16"]
  private static let without = ["ONEDNN_MAX_CPU_ISA": "AVX512_CORE"]
  private static let note =
    "note: training.computePrecision is bfloat16, but this processor has no instructions for it (avx512_core): "
    + "products are of float32"

  @Test func aProcessorWithoutInstructionsComputesInFloat32AndTheRunSaysSo() throws {
    let bench = try Workbench(steps: 4)
    let command = ["vfm-train", "pretrain", bench.recipe, "--json"] + Self.narrow
    let plan = try vfm(command + ["--plan", "--output", bench.output], environment: Self.without)
    #expect(plan.code == 0 && plan.errors.contains(Self.note), "\(plan.errors)")
    let run = try vfm(command + ["--output", bench.output], environment: Self.without)
    #expect(run.code == 0 && run.errors.contains(Self.note), "\(run.errors)")

    // The weights are those of float32.
    let wide = try vfm(["vfm-train", "pretrain", bench.recipe, "--json", "--output", bench.output + "-wide"])
    let fast = try vfm(command + ["--output", bench.output + "-narrow"])
    #expect(!fast.errors.contains("no instructions"), "\(fast.errors)")
    func lastLoss(_ output: String) throws -> Double {
      let lines = try String(contentsOfFile: output + "/metrics.jsonl", encoding: .utf8).split(
        separator: "\n")
      let last = try #require(lines.last { $0.contains("\"loss\"") })
      let json = try JSONSerialization.jsonObject(with: Data(last.utf8)) as? [String: Any]
      return try #require(json?["loss"] as? Double)
    }
    #expect(wide.code == 0 && fast.code == 0)
    #expect(try lastLoss(bench.output) == lastLoss(bench.output + "-wide"))
    #expect(try lastLoss(bench.output) != lastLoss(bench.output + "-narrow"))
    // Who samples from its checkpoint is told, too.
    let sample = try vfm(
      [
        "vfm-sample", "--checkpoint", bench.output + "-narrow", "--prompt", "a red circle moves left",
        "--steps", "1",
        "--output", bench.output + ".mp4",
      ], environment: Self.without)
    #expect(sample.code == 0 && sample.errors.contains(Self.note), "\(sample.errors)")
  }

  @Test func aRunThatGoesOnWithOtherProductsSaysSo() throws {
    let bench = try Workbench(steps: 4)
    let command = ["vfm-train", "pretrain", bench.recipe, "--output", bench.output]
    #expect(try vfm(command + Self.narrow + ["--stop-after", "2"]).code == 75)
    let elsewhere = try vfm(command + Self.narrow + ["--stop-after", "3"], environment: Self.without)
    #expect(elsewhere.errors.contains("note: the run began with the products of "), "\(elsewhere.errors)")
    #expect(elsewhere.errors.contains("it goes on well, but not to the same bits"), "\(elsewhere.errors)")
    // The recipe itself may say otherwise, and that is told.
    let changed = try vfm(command)
    #expect(changed.code == 0, "\(changed.errors)")
    #expect(changed.errors.contains("training.computePrecision"), "\(changed.errors)")
  }

  @Test func precisionsThatAreNoneAreRefused() throws {
    let bench = try Workbench(steps: 4)
    let result = try bench.pretrain("--set", "training.computePrecision=float16")
    #expect(result.code == 65, "\(result.errors)")
    #expect(
      result.errors.contains(
        "training.computePrecision: must be \"float32\" or \"bfloat16\", but is the string \"float16\""),
      "\(result.errors)")
    let step = try vfm(["vfm-bench", "step", "--precision", "bfloat16"], environment: Self.without)
    #expect(step.code == 64, "\(step.errors)")
    #expect(step.errors.contains("this processor has no instructions for it (avx512_core)"), "\(step.errors)")
  }
}
