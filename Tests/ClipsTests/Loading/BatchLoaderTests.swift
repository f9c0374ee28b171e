import Foundation
import Manifests
import SyntheticClips
import Tensors
import TestClips
import Testing

@testable import Clips

struct BatchLoaderTests {
  /// Clips of twice the length and of other proportions than asked for, so that starts and crops roam.
  private static let roaming = SyntheticSettings(clips: 14, seed: 4, width: 48, height: 32, frames: 12)
  private static let shape = ClipShape(frames: 6, height: 16, width: 16, frameRate: 8)

  @Test func batchesAreAFunctionOfSeedAndStep() throws {
    let set = try SmallSet(Self.roaming)
    let manifest = try set.manifest()
    func loader(workers: Int, cache: Int, seed: UInt64 = 1, from step: Int = 0) -> BatchLoader {
      BatchLoader(
        manifest, shape: Self.shape, batch: 3, seed: seed, startStep: step, crop: .random, workers: workers,
        ahead: workers, cacheMegabytes: cache)
    }
    let expected = try contents(loader(workers: 1, cache: 0), steps: 10)
    #expect(expected.map(\.step) == Array(0..<10))
    for (workers, cache) in [(1, 8), (2, 0), (2, 8), (4, 8)] {
      #expect(
        try contents(loader(workers: workers, cache: cache), steps: 10) == expected, "\(workers) \(cache)")
    }
    #expect(try contents(loader(workers: 2, cache: 8, from: 6), steps: 4) == Array(expected[6...]))
    let other = loader(workers: 1, cache: 0, seed: 2)
    #expect(try contents(other, steps: 10) != expected)
    #expect(Contents(try loader(workers: 1, cache: 0).batch(step: 7)) == expected[7])
    #expect(Set(expected.map(\.clips)).count == 10)
  }

  @Test func clipsThatComeAgainAreTheSameFromTheCache() throws {
    let set = try SmallSet(SyntheticSettings(clips: 10, width: 32, height: 32))
    let manifest = try set.manifest()
    let shape = ClipShape(frames: 8, height: 32, width: 32, frameRate: 8)
    func epochs(cache: Int) throws -> [Contents] {
      let loader = BatchLoader(manifest, shape: shape, batch: 2, seed: 0, cacheMegabytes: cache)
      return try contents(loader, steps: 3 * manifest.count / 2)
    }
    #expect(try epochs(cache: 0) == epochs(cache: 64))
  }

  @Test func floatsAreThePixelsOfTheClip() throws {
    let set = try SmallSet(SyntheticSettings(clips: 10, width: 32, height: 32))
    let loader = BatchLoader(
      try set.manifest(), shape: ClipShape(frames: 8, height: 32, width: 32, frameRate: 8), batch: 2, seed: 0)
    let batch = try loader.next()
    #expect(batch.examples.clips.shape == [2, 3, 8, 32, 32])
    #expect(
      batch.examples.count == 2 && batch.examples.captions == batch.examples.entries.map(\.caption)
        && batch.secondsWaited >= 0)
    let tone = GroundKind(rawValue: batch.examples.entries[0].attributes["ground"]!)!.plainTone!
    for channel in 0..<3 {
      let corner = batch.examples.clips.values[channel * 8 * 32 * 32]
      #expect(abs(corner - Float(tone / 127.5 - 1)) < 0.05)
    }
    #expect(batch.examples.clips.values.allSatisfy { abs($0) <= 1 })
  }

  private let shape = ClipShape(frames: 8, height: 16, width: 16, frameRate: 8)

  @Test func aBadClipIsSetAsideOnceAndReplaced() throws {
    let (set, manifest) = try mixed(good: 7, bad: 2)
    let list = set.folder.path + "/quarantine.jsonl"
    var seen: [[Contents]] = []
    for workers in [1, 2, 4, 1] {
      let loader = BatchLoader(
        manifest, shape: shape, batch: 3, seed: 9, workers: workers, cacheMegabytes: workers == 2 ? 0 : 8,
        badClipTolerance: 0.3, quarantinePath: list)
      seen.append(try contents(loader, steps: 12))
      #expect(loader.badClips == 2)
    }
    #expect(seen.allSatisfy { $0 == seen[0] })
    #expect(seen[0].flatMap(\.names).allSatisfy { !$0.hasPrefix("bad") })
    let lines = try set.folder.text("quarantine.jsonl").split(separator: "\n")
    #expect(lines.count == 2, "\(lines)")
    let line = try #require(
      JSONSerialization.jsonObject(with: Data(lines[0].utf8)) as? [String: Any])
    #expect((line["path"] as? String)?.hasPrefix(set.folder.path + "/bad") == true)
    #expect(line["stage"] as? String == "open" && line["time"] is String)
    #expect((line["reason"] as? String)?.contains("Invalid data") == true, "\(lines[0])")
  }

  @Test func tooManyBadClipsStopTheRun() throws {
    let (set, manifest) = try mixed(good: 8, bad: 2)
    let list = set.folder.path + "/quarantine.jsonl"
    let loader = BatchLoader(
      manifest, shape: shape, batch: 5, seed: 0, workers: 2, badClipTolerance: 0.15, quarantinePath: list)
    let error = #expect(throws: BadClipsError.self) { try contents(loader, steps: 4) }
    let message = error?.description ?? ""
    #expect(
      message.hasPrefix("2 of the 10 clips of \(manifest.path) cannot be used (listed in \(list)): 20 %"))
    #expect(message.contains("where 15 % are tolerated.\n  \(set.folder.path)/bad"), "\(message)")
    #expect(message.hasSuffix("raise data.badClipTolerance."), "\(message)")
    // Asked again, it says so again.
    #expect(throws: BadClipsError.self) { try loader.next() }
  }

  @Test func oneReadableClipIsEnoughWhenAllIsTolerated() throws {
    let (set, manifest) = try mixed(good: 1, bad: 30)
    let loader = BatchLoader(manifest, shape: shape, batch: 4, seed: 0, badClipTolerance: 1)
    #expect(Set(try contents(loader, steps: 3).flatMap(\.names)).count == 1)
    let (otherSet, hopeless) = try mixed(good: 0, bad: 3)
    let none = BatchLoader(hopeless, shape: shape, batch: 4, seed: 0, badClipTolerance: 1)
    let error = #expect(throws: BadClipsError.self) { try none.next() }
    #expect(error?.description.contains("No clip is left to train on") == true)
    withExtendedLifetime((set, otherSet)) {}
  }

  @Test func aListThatCannotBeWrittenIsTold() throws {
    let (set, manifest) = try mixed(good: 1, bad: 1)
    let loader = BatchLoader(
      manifest, shape: shape, batch: 4, seed: 0, badClipTolerance: 1,
      quarantinePath: set.folder.path + "/none/quarantine.jsonl")
    let error = #expect(throws: QuarantineError.self) { try loader.next() }
    #expect(error?.description.contains("No such file or directory; make room there") == true)
  }

  @Test func stoppingEndsTheThreads() throws {
    let set = try SmallSet(SyntheticSettings(clips: 10, width: 32, height: 32))
    let manifest = try set.manifest()
    // Loaders that go at any moment take their threads along: a deadlock would hang here.
    for steps in 0..<4 {
      let loader = BatchLoader(manifest, shape: shape, batch: 3, seed: 0, workers: 3, ahead: 2)
      _ = try contents(loader, steps: steps)
    }
    let loader = BatchLoader(manifest, shape: shape, batch: 3, seed: 0, workers: 2)
    loader.stop()
    loader.stop()
    #expect(throws: CancellationError.self) { try loader.next() }
  }

}
