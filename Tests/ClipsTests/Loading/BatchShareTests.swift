import Manifests
import SyntheticClips
import TestClips
import Testing

@testable import Clips

/// The shares of several processes, put together, are the batches of one.
struct BatchShareTests {
  private static let shape = ClipShape(frames: 6, height: 16, width: 16, frameRate: 8)
  private static let roaming = SyntheticSettings(clips: 14, seed: 4, width: 48, height: 32, frames: 12)

  /// Shares of one unit each, and of several: all of them make twelve units or a divisor of that.
  private static let cuts: [[BatchShare]] =
    [2, 3, 4].map { count in (0..<count).map { BatchShare(units: $0..<$0 + 1, of: count) } } + [
      [BatchShare(units: 0..<3, of: 4), BatchShare(units: 3..<4, of: 4)],
      [BatchShare(units: 0..<1, of: 6), BatchShare(units: 1..<3, of: 6), BatchShare(units: 3..<6, of: 6)],
    ]

  /// Holds what loaders of shares give against what a loader of all clips gives, and tells of each other's bad clips after
  /// every step.
  private func compare(steps: Int, _ loader: (BatchShare) throws -> BatchLoader) throws {
    let expected = try contents(loader(.all), steps: steps)
    for shares in Self.cuts {
      let loaders = try shares.map(loader)
      for batch in expected {
        let parts = try loaders.map { Contents(try $0.next()) }
        var whole = parts[0]
        for part in parts.dropFirst() {
          #expect(part.step == batch.step && part.shape == batch.shape)
          whole.names += part.names
          whole.clips += part.clips
        }
        #expect(whole == batch, "step \(batch.step) of \(shares)")
        for (share, part) in zip(shares, parts) {
          #expect(part.names.count == batch.names.count / share.count * share.units.count)
        }
        let found = loaders.flatMap { $0.takeFound() }
        for loader in loaders { try loader.note(found) }
      }
      // Any step at once, too.
      let step = steps / 2
      let parts = try loaders.map { Contents(try $0.batch(step: step)) }
      #expect(parts.flatMap(\.clips) == expected[step].clips)
    }
  }

  @Test func sharesMakeTheBatchesOfOneProcess() throws {
    let set = try SmallSet(Self.roaming)
    let manifest = try set.manifest()
    try compare(steps: 4) { share in
      BatchLoader(
        manifest, shape: Self.shape, batch: 12, share: share, seed: 1, startStep: 0, crop: .random,
        workers: share.isAll ? 1 : 2)
    }
  }

  @Test func aBadClipIsReplacedByTheSameClipWhoeverReadsIt() throws {
    let (set, manifest) = try mixed(good: 7, bad: 4)
    let list = set.folder.path + "/quarantine.jsonl"
    try compare(steps: 5) { share in
      BatchLoader(
        manifest, shape: Self.shape, batch: 12, share: share, seed: 9, workers: 2, badClipTolerance: 0.5,
        quarantinePath: !share.isAll && share.units.lowerBound == 0 ? list : nil)
    }
    #expect(try set.folder.text("quarantine.jsonl").split(separator: "\n").count == 4)
  }

  @Test func classesAreBalancedOverAllShares() throws {
    let (set, manifest) = try mixed(good: 7, bad: 2)
    try compare(steps: 4) { share in
      BatchLoader(
        manifest, shape: Self.shape, batch: 12, classes: manifest.indices.map { $0 % 4 == 1 ? 1 : 0 },
        share: share, seed: 2, badClipTolerance: 0.5)
    }
    withExtendedLifetime(set) {}
  }

  @Test func everyShapeIsCutIntoItsOwnUnits() throws {
    let set = try SmallSet(SyntheticSettings(clips: 40, seed: 4, width: 48, height: 32, frames: 12))
    let manifest = try set.manifest()
    let still = ClipShape(frames: 1, height: 16, width: 24, frameRate: 8)
    let buckets = try ClipBuckets(
      manifest,
      [
        BatchShape(Self.shape, clips: 12, tokens: 6, share: 0.5),
        BatchShape(still, clips: 24, tokens: 2, share: 0.5),
      ], by: .share, .standard, index: nil, tolerance: BadClipTolerance(share: 0))
    // It was measured, and is spoilt before it is read.
    try set.folder.write("set/" + manifest[3].name, "this is no clip")
    try compare(steps: 6) { share in
      BatchLoader(manifest, order: BatchOrder(buckets, seed: 5), share: share, seed: 5, badClipTolerance: 0.5)
    }
  }
}
