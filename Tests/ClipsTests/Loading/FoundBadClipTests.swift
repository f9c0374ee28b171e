import Foundation
import Manifests
import TestClips
import Testing

@testable import Clips

/// Bad clips that processes of one run find, each in its share, and tell each other.
struct FoundBadClipTests {
  private static let shape = ClipShape(frames: 8, height: 16, width: 16, frameRate: 8)

  /// The loaders of two processes, of which the first has the list of bad clips.
  private func loaders(
    _ manifest: Manifest, batch: Int = 2, seed: UInt64 = 3, tolerance: Double, list: String? = nil
  ) -> [BatchLoader] {
    (0..<2).map { rank in
      BatchLoader(
        manifest, shape: Self.shape, batch: batch, share: BatchShare(units: rank..<rank + 1, of: 2),
        seed: seed, badClipTolerance: tolerance, quarantinePath: rank == 0 ? list : nil)
    }
  }

  private func found(_ manifest: Manifest, _ places: Int...) -> [FoundBadClip] {
    places.map { FoundBadClip(index: $0, clip: BadClip(manifest[$0], stage: "open", reason: "spoilt")) }
  }

  private func lines(_ set: SmallSet) throws -> [Substring] {
    try set.folder.text("quarantine.jsonl").split(separator: "\n")
  }

  @Test func whatIsFoundCountsWhenAllAreTold() throws {
    let (set, manifest) = try mixed(good: 6, bad: 3)
    let list = set.folder.path + "/quarantine.jsonl"
    let loader = BatchLoader(
      manifest, shape: Self.shape, batch: 2, share: BatchShare(units: 0..<1, of: 2), seed: 3, workers: 2,
      badClipTolerance: 0, quarantinePath: list)
    var all: [FoundBadClip] = []
    for _ in 0..<30 {
      _ = try loader.next()
      all += loader.takeFound()
    }
    // Each is found once, and keeps all that is known of it on its way.
    #expect(all.map(\.index).sorted() == [6, 7, 8])
    #expect(all.allSatisfy { $0.clip.path == manifest[$0.index].path && $0.clip.stage == "open" })
    let told = try JSONDecoder().decode([FoundBadClip].self, from: JSONEncoder().encode(all))
    #expect(told == all)
    #expect(loader.badClips == 0 && !FileManager.default.fileExists(atPath: list))
    #expect(throws: BadClipsError.self) { try loader.note(told) }
    #expect(loader.badClips == 3)
    #expect(try lines(set).count == 3)
    // To be told of nothing is no error, nor is it to be told again.
    try loader.note([])
    try loader.note(told)
    #expect(try lines(set).count == 3)
  }

  @Test func processesThatFoundTooMuchTogetherStopAtTheSameStep() throws {
    let (set, manifest) = try mixed(good: 8, bad: 4)
    let list = set.folder.path + "/quarantine.jsonl"
    // Two are tolerated, and each process found as many.
    let loaders = loaders(manifest, tolerance: 0.2, list: list)
    let both = [found(manifest, 8, 9), found(manifest, 10, 9)]
    for loader in loaders { try loader.note(both[0]) }
    let errors = loaders.map { loader in
      #expect(throws: BadClipsError.self) { try loader.note(both.flatMap(\.self)) }
    }
    #expect(errors.allSatisfy { $0?.bad == 3 && $0?.count == 12 && $0?.first == errors[0]?.first })
    #expect(
      errors[0]?.description.replacingOccurrences(of: " (listed in \(list))", with: "")
        == errors[1]?.description)
    #expect(loaders.map(\.badClips) == [3, 3])
    #expect(try lines(set).map { $0.contains("spoilt") } == [true, true, true])
  }

  @Test func onlyTheSumOfWhatIsFoundIsTooMuch() throws {
    let (set, manifest) = try mixed(good: 8, bad: 2)
    // One is tolerated. In the first step of this seed each process meets one of the two, and a good one in its place.
    let seed = try #require(
      (UInt64(0)..<1000).first { seed in
        let order = SampleOrder(count: 10, seed: seed)
        return (0..<2).allSatisfy {
          order[$0].index >= 8 && order.replacement(at: $0, attempt: 1) < 8
        }
      })
    let loaders = loaders(manifest, seed: seed, tolerance: 0.1)
    for loader in loaders { _ = try loader.next() }
    let found = loaders.map { $0.takeFound() }
    #expect(found.map(\.count) == [1, 1] && found[0] != found[1])
    for (loader, own) in zip(loaders, found) { try loader.note(own) }
    for (loader, other) in zip(loaders, found.reversed()) {
      #expect(throws: BadClipsError.self) { try loader.note(other) }
    }
    withExtendedLifetime(set) {}
  }

  @Test func whatAnotherProcessFoundFirstIsNotToldAgain() throws {
    let (set, manifest) = try mixed(good: 2, bad: 1)
    let loaders = loaders(manifest, batch: 40, tolerance: 1)
    // Both find it, and one tells.
    for loader in loaders { _ = try loader.next() }
    let found = loaders[0].takeFound()
    #expect(found.map(\.index) == [2])
    for loader in loaders { try loader.note(found) }
    _ = try loaders[1].next()
    #expect(loaders[1].takeFound() == [] && loaders[1].badClips == 1)
    withExtendedLifetime(set) {}
  }

  @Test func aProcessThatCanReadNoClipSaysSo() throws {
    let (set, manifest) = try mixed(good: 0, bad: 3)
    for loader in loaders(manifest, tolerance: 1) {
      let error = #expect(throws: BadClipsError.self) { try loader.next() }
      #expect(error?.bad == 3 && error?.description.contains("No clip is left to train on") == true)
    }
    withExtendedLifetime(set) {}
  }

  @Test func aProcessThatReadsAllCountsAtOnce() throws {
    let (set, manifest) = try mixed(good: 4, bad: 1)
    let loader = BatchLoader(manifest, shape: Self.shape, batch: 20, seed: 3, badClipTolerance: 1)
    _ = try loader.next()
    #expect(loader.badClips == 1 && loader.takeFound() == [])
    withExtendedLifetime(set) {}
  }
}
