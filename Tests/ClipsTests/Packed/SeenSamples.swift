import Foundation
import Manifests

@testable import Clips

/// What a run sees of its clips: the samples of some steps, and what was set aside.
struct SeenSamples: Equatable {
  var names: [String] = []
  var samples: [[Float]] = []
  var bad: [BadClip] = []

  init(
    _ manifest: Manifest, _ source: ClipSource, start: StartChoice, crop: CropChoice, index: IndexGuard? = nil
  )
    throws
  {
    let list = NSTemporaryDirectory() + UUID().uuidString + ".jsonl"
    defer { try? FileManager.default.removeItem(atPath: list) }
    let loader = BatchLoader(
      manifest, shape: MixedClips.shape, batch: 5, seed: 11, start: start, crop: crop, source: source,
      index: index, cacheMegabytes: 0, badClipTolerance: 1, quarantinePath: list)
    for step in 0..<12 {
      let batch = try loader.batch(step: step)
      names += batch.examples.entries.map(\.name)
      samples.append(batch.examples.clips.values)
    }
    loader.stop()
    let lines = try String(contentsOfFile: list, encoding: .utf8).split(separator: "\n")
    bad = try lines.map { line in
      let line = try JSONSerialization.jsonObject(with: Data(line.utf8)) as! [String: Any]
      let entry = manifest.first { $0.path == line["path"] as? String }!
      return BadClip(
        entry, stage: line["stage"] as! String, reason: line["reason"] as! String,
        frame: line["frame"] as? Int,
        seconds: line["seconds"] as? Double)
    }.sorted { $0.path < $1.path }
  }
}
