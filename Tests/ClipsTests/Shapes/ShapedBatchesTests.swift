import Manifests
import SyntheticClips
import TestClips
import Testing

@testable import Clips

struct ShapedBatchesTests {
  private static let long = ClipShape(frames: 6, height: 16, width: 16, frameRate: 8)
  private static let still = ClipShape(frames: 1, height: 16, width: 24, frameRate: 8)
  private static let shapes = [
    BatchShape(long, clips: 2, tokens: 6, share: 0.7), BatchShape(still, clips: 6, tokens: 2, share: 0.3),
  ]

  private func set() throws -> SmallSet {
    try SmallSet(SyntheticSettings(clips: 14, seed: 4, width: 48, height: 32, frames: 12))
  }

  private func loader(
    _ manifest: Manifest, _ shapes: [BatchShape] = Self.shapes, seed: UInt64 = 1, from step: Int = 0,
    workers: Int = 1, ahead: Int = 1, cache: Int = 0, start: StartChoice = .random
  ) throws -> BatchLoader {
    let buckets = try ClipBuckets(
      manifest, shapes, by: .share, .standard, index: nil, tolerance: BadClipTolerance(share: 0))
    return BatchLoader(
      manifest, order: BatchOrder(buckets, seed: seed), seed: seed, startStep: step, start: start,
      crop: start == .random ? .random : .centre, workers: workers, ahead: ahead, cacheMegabytes: cache)
  }

  @Test func batchesAreAFunctionOfSeedAndStep() throws {
    let set = try set()
    let manifest = try set.manifest()
    let expected = try contents(loader(manifest), steps: 20)
    #expect(expected.map(\.step) == Array(0..<20))
    for batch in expected {
      #expect(batch.names.count == (batch.shape == Self.long ? 2 : 6))
      #expect(batch.clips.count == batch.names.count * batch.shape.count)
    }
    #expect(expected.count { $0.shape == Self.still } == 6)
    for (workers, ahead, cache) in [(1, 4, 8), (2, 3, 0), (4, 8, 8)] {
      let other = try loader(manifest, workers: workers, ahead: ahead, cache: cache)
      #expect(try contents(other, steps: 20) == expected, "\(workers) \(ahead) \(cache)")
    }
    for step in [1, 7, 13] {
      let rest = try contents(loader(manifest, from: step, workers: 2, ahead: 4), steps: 20 - step)
      #expect(rest == Array(expected[step...]), "from step \(step)")
    }
    #expect(try contents(loader(manifest, seed: 2), steps: 20) != expected)
    #expect(Set(expected.map(\.clips)).count == 20)
  }

  @Test func everyShapeShowsAllItsClipsBeforeAnyComesAgain() throws {
    let set = try set()
    let manifest = try set.manifest()
    let batches = try contents(loader(manifest, start: .first), steps: 40)
    for shape in [Self.long, Self.still] {
      let names = batches.filter { $0.shape == shape }.flatMap(\.names)
      for epoch in stride(from: 0, to: names.count - manifest.count, by: manifest.count) {
        #expect(Set(names[epoch..<epoch + manifest.count]).count == manifest.count)
      }
    }
    let orders = [Self.long, Self.still].map { shape in
      Array(batches.filter { $0.shape == shape }.flatMap(\.names).prefix(manifest.count))
    }
    #expect(orders[0] != orders[1])
  }

  @Test func clipsThatComeAgainAreTheSameFromTheCache() throws {
    let set = try set()
    let manifest = try set.manifest()
    let expected = try contents(loader(manifest, start: .first), steps: 40)
    #expect(
      try contents(loader(manifest, workers: 2, ahead: 2, cache: 64, start: .first), steps: 40) == expected)
  }

  @Test func aListOfTheOneShapeGivesTheBatchesOfNoList() throws {
    let set = try set()
    let manifest = try set.manifest()
    let plain = BatchLoader(manifest, shape: Self.long, batch: 3, seed: 1, crop: .random)
    let listed = try loader(manifest, [BatchShape(Self.long, clips: 3, tokens: 6, share: 0.4)])
    #expect(try contents(listed, steps: 12) == contents(plain, steps: 12))
  }

  @Test func aClipThatCannotBeReadAnyMoreIsReplacedByOneOfItsShape() throws {
    let set = try set()
    let manifest = try set.manifest()
    let loader = try loader(manifest)
    // It was measured, and is spoilt before it is read.
    try set.folder.write("set/" + manifest[3].name, "this is no clip")
    let batches = try (0..<20).map { try loader.batch(step: $0) }
    #expect(loader.badClips == 1)
    for batch in batches {
      #expect(!batch.examples.names.contains(manifest[3].name))
      #expect(batch.examples.count == (batch.shape == Self.long ? 2 : 6))
    }
  }
}
