@testable import Report

/// Lines of `metrics.jsonl` as fine-tuning runs write them.
enum MadeUpLooks {
  /// A look at held-out clips.
  static func line(
    _ step: Int, new: Double? = nil, base: Double? = nil, weights: KeyValuePairs<String, Double> = [:]
  ) -> String {
    var parts = ["\"step\":\(step)"]
    if let new { parts.append(#""heldOut":{"time 0.5":\#(new)},"heldOutLoss":\#(new)"#) }
    if let base { parts.append(#""remembered":{"time 0.5":\#(base)},"rememberedLoss":\#(base)"#) }
    if !weights.isEmpty {
      parts.append(#""weightChange":{"# + weights.map { "\"\($0)\":\($1)" }.joined(separator: ",") + "}")
    }
    return "{" + parts.joined(separator: ",") + "}"
  }

  /// A run whose new clips are learned best at step 40, with a base that is not forgotten.
  static let usual = [
    line(0, new: 2, base: 1, weights: ["blocks.0": 0, "blocks.1": 0, "head": 0]),
    line(20, new: 1.5, base: 1.05, weights: ["blocks.0": 0.01, "blocks.1": 0.02, "head": 0.05]),
    line(40, new: 1, base: 1.1, weights: ["blocks.0": 0.02, "blocks.1": 0.03, "head": 0.1]),
    line(60, new: 1.25, base: 1.15, weights: ["blocks.0": 0.025, "blocks.1": 0.04, "head": 0.125]),
  ]

  static func metrics(_ lines: [String]) -> RunMetrics {
    RunMetrics(Array((lines.joined(separator: "\n") + "\n").utf8))
  }

  static func summary(
    _ lines: [String], recipe: String = #"{"start":{"from":"old","method":"lora"}}"#,
    checkpoints: [Int: String] = [40: "best/step-00000040.h5"]
  ) -> FinetuneSummary? {
    FinetuneSummary(metrics(lines), recipe: RecipeText(recipe), checkpoints: checkpoints)
  }
}
