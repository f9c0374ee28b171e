import Foundation
import Synchronization
import Testing

@testable import Clips

/// Packs that several processes make, a part each.
struct PackPartsTests {
  /// The names of all packed clips, as often as they are there.
  private func names(_ clips: MixedClips) throws -> [PackedName] {
    try ClipPack(clips.pack).shards.flatMap { $0.clips.map(\.name) }
  }

  private func expectWhole(_ clips: MixedClips) throws {
    let names = try names(clips)
    #expect(names.count == 11 && Set(names).count == 11)
    let source = try clips.source(start: .random, crop: .random)
    #expect(
      try SeenSamples(clips.manifest, source, start: .random, crop: .random)
        == SeenSamples(clips.manifest, .files(.standard), start: .random, crop: .random))
  }

  private func pack(_ clips: MixedClips, _ part: FolderPart) throws -> (
    plan: ClipPacker.Plan, ClipPacker.Summary
  ) {
    try clips.packed(clips.packer(shardBytes: 110_000, part: part))
  }

  @Test func partsMakeTheSameAsOneRun() throws {
    let (whole, parts) = (try MixedClips(), try MixedClips())
    _ = try pack(whole, .whole)
    for number in [3, 1] {
      let (plan, summary) = try pack(parts, FolderPart(number, of: 3))
      #expect((3...4).contains(plan.clips) && plan.remaining == plan.clips && summary.missing > 0)
    }
    let text = message { _ = try parts.source(start: .random, crop: .random) }
    #expect(text.contains(" is not there") && text.contains("Run vfm-data pack again"), "\(text)")
    let (_, summary) = try pack(parts, FolderPart(2, of: 3))
    #expect(summary.missing == 0 && summary.clips == 11 && !summary.isStopped)
    let (a, b) = try (
      SeenSamples(
        whole.manifest, whole.source(start: .random, crop: .random), start: .random, crop: .random),
      SeenSamples(
        parts.manifest, parts.source(start: .random, crop: .random), start: .random, crop: .random)
    )
    #expect(a.samples == b.samples && a.names == b.names)
    // Nothing is left to do, neither for a part nor for the whole.
    for part in [FolderPart(1, of: 3), FolderPart(2, of: 3), .whole] {
      let plan = try parts.packer(part: part).plan()
      #expect(plan.remaining == 0 && plan.kept == plan.clips && plan.obsolete.isEmpty)
    }
  }

  @Test func moreOrFewerPartsKeepWhatIsThere() throws {
    let clips = try MixedClips()
    for number in [1, 3] { _ = try pack(clips, FolderPart(number, of: 3)) }
    let there = try ClipPack.shardNames(in: clips.pack)
    let (plan, summary) = try pack(clips, FolderPart(1, of: 2))
    #expect(plan.kept == 3 && plan.clips == 5 && plan.obsolete.isEmpty && summary.missing == 2)
    _ = try pack(clips, FolderPart(2, of: 2))
    #expect(Set(try ClipPack.shardNames(in: clips.pack)).isSuperset(of: there))
    try expectWhole(clips)

    // Where a clip has changed, its shard goes, whoever has made it, and the rest stays.
    try clips.spoil("exact.mp4", keepingTime: false)
    let (whole, _) = try pack(clips, .whole)
    #expect(whole.obsolete.count == 1 && whole.remaining > 0 && whole.remaining < 5)
    try expectWhole(clips)
    try clips.spoil("wide.mp4", keepingTime: false)
    for number in 1...20 { _ = try pack(clips, FolderPart(number, of: 20)) }
    try expectWhole(clips)
  }

  @Test func partsMakeAStalePackAnewSideBySide() throws {
    let clips = try MixedClips()
    let other = ClipShape(frames: 6, height: 24, width: 16, frameRate: 6)
    try clips.packed(clips.packer(shape: other))
    for number in [1, 2] {
      try clips.packed(clips.packer(shape: other, part: FolderPart(number, of: 2)))
    }
    let failures = Mutex<[String]>([])
    DispatchQueue.concurrentPerform(iterations: 4) { index in
      let text = message { _ = try pack(clips, FolderPart(index + 1, of: 4)) }
      failures.withLock { if !text.isEmpty { $0.append(text) } }
    }
    #expect(failures.withLock { $0 } == [])
    try expectWhole(clips)
  }

  /// Each part looks at what is there, and the other one may have made its own anew before this one sets to work.
  @Test func whatAnotherPartMakesAnewIsLeftToIt() throws {
    let clips = try MixedClips()
    let other = ClipShape(frames: 6, height: 24, width: 16, frameRate: 6)
    for number in [1, 2] {
      try clips.packed(clips.packer(shape: other, part: FolderPart(number, of: 2)))
    }
    let first = clips.packer(part: FolderPart(1, of: 2))
    let plan = try first.plan()
    #expect(plan.obsolete == [clips.pack + "/clips-1-of-2-00000.h5"])
    let (_, second) = try clips.packed(clips.packer(part: FolderPart(2, of: 2)))
    #expect(second.clips == 6 && second.missing == 5)
    let stale = message { _ = try clips.source(start: .random, crop: .random) }
    #expect(stale.contains("data.height was 24 and is now 16"), "\(stale)")
    let summary = try first.run(plan, threads: 2, shouldStop: { false }, progress: { _ in })
    #expect(summary.missing == 0)
    try expectWhole(clips)
  }

  @Test func aDamagedShardIsMadeAnewByItsPart() throws {
    let clips = try MixedClips()
    for number in [1, 2] { try clips.packed(clips.packer(part: FolderPart(number, of: 2))) }
    let damaged = "clips-2-of-2-00000.h5"
    try clips.folder.write("pack/" + damaged, "no shard")
    let (plan, summary) = try clips.packed(clips.packer(part: FolderPart(1, of: 2)))
    #expect(plan.remaining == 0 && summary.clips == 5 && summary.missing == 6)
    let text = message { _ = try clips.source(start: .random, crop: .random) }
    #expect(
      text.contains("\(damaged) are damaged") && text.contains("run vfm-data pack again"), "\(text)")
    try clips.packed(clips.packer(part: FolderPart(2, of: 2)))
    try expectWhole(clips)
  }

  @Test func leftoversAreRemovedByTheirOwnPart() throws {
    let clips = try MixedClips()
    let left = [
      "clips-00009.h5.partial", "clips-1-of-2-00000.h5.partial", "clips-1-of-3-00000.h5.partial",
      "clips-2-of-2-00004.h5.partial", "latents-2-of-2-00004.h5.partial",
    ]
    try FileManager.default.createDirectory(atPath: clips.pack, withIntermediateDirectories: true)
    for name in left { try clips.folder.write("pack/" + name, "half a shard") }
    func partials() throws -> Set<String> {
      Set(try FileManager.default.contentsOfDirectory(atPath: clips.pack).filter { $0.hasSuffix(".partial") })
    }
    _ = try pack(clips, FolderPart(2, of: 2))
    #expect(try partials() == Set(left).subtracting([left[3]]))
    _ = try pack(clips, FolderPart(1, of: 2))
    #expect(try partials() == [left[0], left[2], left[4]])
    try expectWhole(clips)
  }
}
