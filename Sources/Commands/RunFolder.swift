import Foundation

/// The files of a run.
public struct RunFolder: Sendable {
  /// Where the folder lies.
  public let path: String
  /// The folder at `path`.
  public init(_ path: String) { self.path = path }
  /// Checkpoints, the step in their names.
  public var checkpoints: String { path + "/checkpoints" }
  /// The checkpoint with the least held-out loss, the step in its name.
  public var best: String { path + "/best" }
  /// The whole recipe, defaults filled in.
  public var recipe: String { path + "/recipe.json" }
  /// A JSON object a line for each step, each look at held-out clips, and each change of the recipe.
  public var metrics: String { path + "/metrics.jsonl" }
  /// Clips that gave no sample.
  public var quarantine: String { path + "/quarantine.jsonl" }
  /// The clips that the run began with.
  public var clips: String { path + "/clips.jsonl" }
  /// A line that is there when what the run said on standard error could not be written.
  public var lostLog: String { path + "/log-lost.txt" }
  /// Where each thread was when the run hung; there only if it did.
  /// - Parameter rank: which of several ranks, but for the first one.
  public func hang(rank: Int? = nil) -> String { path + (rank.map { "/hang-rank-\($0).txt" } ?? "/hang.txt") }
  /// The steps of which there are samples, whole or not.
  public var sampleSteps: [Int] {
    ((try? FileManager.default.contentsOfDirectory(atPath: path + "/samples")) ?? []).compactMap { name in
      name.hasPrefix("step-") ? Int(name.dropFirst("step-".count)) : nil
    }
  }
  /// Samples of a step.
  public func samples(step: Int) -> String { path + String(format: "/samples/step-%06d", step) }
}
