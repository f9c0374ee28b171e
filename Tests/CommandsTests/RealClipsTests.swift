import Foundation
import Testing

/// Real clips, where there are some: `VFM_SHARED` names a folder that has `clips/facts.csv`, or such a folder
/// named `shared` lies beside the package. Without one the test is skipped.
private let sharedFolder: String? = {
  let beside = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("../../../shared").standardizedFileURL.path
  let folder = ProcessInfo.processInfo.environment["VFM_SHARED"] ?? beside
  return FileManager.default.fileExists(atPath: folder + "/clips/facts.csv") ? folder : nil
}()

@Test(.enabled(if: sharedFolder != nil, "no folder of real clips: set VFM_SHARED"))
func realClipsTrainAndTheBrokenOnesAreNamed() throws {
  let clips = try #require(sharedFolder) + "/clips"
  let bench = try Workbench(steps: 50)
  let names = try FileManager.default.contentsOfDirectory(atPath: clips).sorted()
    .filter { !$0.hasSuffix(".md") && !$0.hasSuffix(".csv") }
  let rows = names.map { "\($0),the clip \($0)" }
  try bench.write("path,caption\n" + rows.joined(separator: "\n") + "\n", to: "real.csv")
  // Two frames at 24 a second: nearly all of these clips are long enough.
  let result = try vfm(
    [
      "vfm-train", "pretrain", bench.recipe, "--output", bench.output, "--json", "--set",
      "data.train=\(bench.path)/real.csv", "--set", "data.root=\(clips)", "--set",
      "data.badClipTolerance=0.3", "--set", "data.frames=2",
      "--set",
      "data.frameRate=24", "--set", "training.batchSize=8", "--set", "optimizer.learningRate=0.003", "--set",
      "optimizer.warmupSteps=5",
    ])
  #expect(result.code == 0, "\(result.errors)")
  let quarantine = try String(contentsOfFile: bench.output + "/quarantine.jsonl", encoding: .utf8)
  for name in [
    "AudioVideoInterleave.avi", "fixture-corrupt.mkv", "fixture-moov.mov", "mp4-with-audio.mp4",
    "typescript.ts",
  ] {
    #expect(quarantine.contains(name), "\(name) is not in quarantine")
  }
  let losses = try String(contentsOfFile: bench.output + "/metrics.jsonl", encoding: .utf8).split(
    separator: "\n"
  )
  .compactMap {
    (try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])?["loss"] as? Double
  }
  #expect(losses.count == 50)
  let first: Double = losses.prefix(10).reduce(0, +)
  let last: Double = losses.suffix(10).reduce(0, +)
  #expect(last < 0.8 * first)
}
