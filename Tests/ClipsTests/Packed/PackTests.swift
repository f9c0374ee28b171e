import Foundation
import Manifests
import Testing
import Video

@testable import Clips

struct PackTests {
  @Test(arguments: [StartChoice.first, .random], [CropChoice.centre, .random])
  func aPackGivesTheBitsOfTheFiles(start: StartChoice, crop: CropChoice) throws {
    let clips = try MixedClips()
    let expected = try SeenSamples(clips.manifest, .files(.standard), start: start, crop: crop)
    #expect(Set(expected.names).isSuperset(of: ["even.mp4", "variable.mp4", "short.mp4"]))
    #expect(Set(expected.bad.map(\.stage)) == ["open", "choosing frames"], "\(expected.bad)")
    let (plan, summary) = try clips.packed(clips.packer(start: start, crop: crop, shardBytes: 110_000))
    #expect(
      plan.clips == 11 && plan.kept == 0 && summary.clips == 11 && summary.unusable == expected.bad.count)
    // Nothing can be decoded any more.
    for name in ["even", "wide", "high", "variable", "exact", "short", "tooshort"] {
      try clips.spoil(name + ".mp4", keepingTime: true)
    }
    let source = try clips.source(start: start, crop: crop)
    #expect(try SeenSamples(clips.manifest, source, start: start, crop: crop) == expected)
    #expect(throws: BadClipsError.self) {
      try SeenSamples(clips.manifest, .files(.standard), start: start, crop: crop)
    }
  }

  @Test func allFramesWholeServeEveryChoice() throws {
    let clips = try MixedClips()
    try clips.packed(clips.packer(start: .random, crop: .random))
    for (start, crop) in [(StartChoice.first, CropChoice.centre), (.random, .centre), (.first, .random)] {
      #expect(
        try SeenSamples(clips.manifest, clips.source(start: start, crop: crop), start: start, crop: crop)
          == SeenSamples(clips.manifest, .files(.standard), start: start, crop: crop))
    }
    let longer = ClipShape(frames: 9, height: 16, width: 16, frameRate: 8)
    _ = try clips.source(start: .random, crop: .centre, shape: longer)
  }

  private func changes(_ body: () throws -> Void) -> (text: String, count: Int) {
    do {
      try body()
    } catch let error as PackError {
      if case .stale(_, _, let count) = error { return (error.description, count) }
      return (error.description, -1)
    } catch {
      return ("\(error)", -1)
    }
    return ("", 0)
  }

  @Test func otherSamplesThanItWasMadeForAreRefused() throws {
    let clips = try MixedClips()
    try clips.packed(clips.packer(start: .first, crop: .centre))
    let (text, _) = changes {
      _ = try clips.source(
        start: .random, crop: .random, shape: ClipShape(frames: 6, height: 16, width: 24, frameRate: 6))
    }
    #expect(text.contains("data.width was 16 and is now 24"), "\(text)")
    #expect(text.contains("data.start was first and is now random"))
    #expect(text.contains("data.crop was \"center\" and is now \"random\""))
    #expect(
      text.hasSuffix("Run vfm-data pack again, which packs anew what has changed, or leave data.packed out."))
  }

  @Test func changedClipsAreNamedAndOnlyTheirShardsMadeAnew() throws {
    let clips = try MixedClips()
    let packer = clips.packer(shardBytes: 110_000)
    try clips.packed(packer, threads: 1)
    let shards = try ClipPack.shardNames(in: clips.pack)
    #expect(shards.count > 3)
    let again = try clips.packed(packer)
    #expect(again.plan.kept == 11 && again.plan.remaining == 0)

    // A touched file is the same file; one of other bytes is not, whatever its size.
    utimensat(AT_FDCWD, clips.folder.path + "/even.mp4", nil, 0)
    _ = try clips.source(start: .random, crop: .random)
    try clips.spoil("exact.mp4", keepingTime: false)
    try FileHandle(forWritingTo: URL(fileURLWithPath: clips.folder.path + "/high.mp4")).truncate(
      atOffset: 900)
    let (text, count) = changes { _ = try clips.source(start: .random, crop: .random) }
    #expect(count == 3, "\(text)")  // high.mp4 twice, with two pieces
    #expect(text.contains("exact.mp4 has other bytes (SHA-256 was"))
    #expect(text.contains("high.mp4 had ") && text.contains(" bytes and has 900"))
    let anew = try clips.packed(packer)
    #expect(anew.plan.remaining >= 3 && anew.plan.remaining < 11)
    #expect(
      try SeenSamples(
        clips.manifest, clips.source(start: .random, crop: .random), start: .random, crop: .random)
        == SeenSamples(clips.manifest, .files(.standard), start: .random, crop: .random))
  }

  @Test func aClipThatIsNotPackedIsNamed() throws {
    let clips = try MixedClips()
    try clips.packed(clips.packer())
    let path = try clips.folder.write("more.csv", "path,caption,end\neven.mp4,a,\neven.mp4,a,1.5\n")
    let manifest = try Manifest.load(path)
    let transform = PackTransform(MixedClips.shape, start: .random, crop: .random)
    let (text, count) = changes {
      _ = try ClipPack(clips.pack).clips(of: manifest, .train, transform, limits: .standard)
    }
    #expect(count == 1 && text.contains("even.mp4 is not there"), "\(text)")
    let (validation, _) = changes {
      _ = try ClipPack(clips.pack).clips(of: manifest, .validation, transform, limits: .standard)
    }
    #expect(validation.contains("it holds no clips of data.validation"), "\(validation)")
    let (none, _) = changes { _ = try ClipPack(clips.folder.path + "/none") }
    #expect(none.hasPrefix("There are no packed clips in") && none.contains("run vfm-data pack"))
  }

  @Test func otherLimitsConcernClipsThatFailed() throws {
    let clips = try MixedClips()
    try clips.packed(clips.packer())
    let (text, count) = changes {
      _ = try ClipPack(clips.pack).clips(
        of: clips.manifest, .train, PackTransform(MixedClips.shape, start: .random, crop: .random),
        limits: DecodeLimits(moreCodecs: ["dnxhd"]))
    }
    #expect(count == 1 && text.contains("broken.mp4 could not be read under other limits"), "\(text)")
  }

  @Test func aDamagedShardIsNoticedAndMadeAnew() throws {
    let clips = try MixedClips()
    try clips.packed(clips.packer())
    let shard = clips.pack + "/" + (try ClipPack.shardNames(in: clips.pack)[0].text)
    let whole = try Data(contentsOf: URL(fileURLWithPath: shard))

    // One bit among the pixels, which lie at the end.
    var flipped = whole
    flipped[whole.count - whole.count / 3] ^= 4
    try flipped.write(to: URL(fileURLWithPath: shard))
    let (pixels, _) = changes {
      let source = try clips.source(start: .random, crop: .random)
      for entry in clips.manifest where !["broken.mp4", "tooshort.mp4"].contains(entry.name) {
        let clip = try source.open(entry, ClipTimings())
        let times = (0..<40).map { Double($0) / 12 + (entry.start ?? 0) }
        if (entry.start ?? 0) < 9 {
          _ = try clip.pictures(at: times, framing: Framing(width: 16, height: 16))
        }
      }
    }
    #expect(
      pixels.contains("is not what was packed; remove this file and run vfm-data pack again"), "\(pixels)")

    for spoilt in [whole.prefix(whole.count - 5000), whole.prefix(100), Data()] {
      try spoilt.write(to: URL(fileURLWithPath: shard))
      let (text, _) = changes { _ = try clips.source(start: .random, crop: .random) }
      #expect(text.contains(shard), "\(text)")
    }
    let anew = try clips.packed(clips.packer())
    #expect(anew.plan.kept == 0 && anew.1.clips == 11)
    _ = try clips.source(start: .random, crop: .random)
  }

  @Test func aClipLongerThanAShardIsRefused() throws {
    let clips = try MixedClips()
    let (text, _) = changes { try clips.packed(clips.packer(shardBytes: 10_000)) }
    #expect(text.contains(".mp4 takes more than 0 MB when packed"), "\(text)")
    #expect(text.contains("name shorter pieces of it in the manifest"))
  }

  @Test func whatWasStoppedGoesOn() throws {
    let clips = try MixedClips()
    let packer = clips.packer(shardBytes: 110_000)
    try FileManager.default.createDirectory(atPath: clips.pack, withIntermediateDirectories: true)
    let asked = Counter()
    let first = try packer.run(
      packer.plan(), threads: 1, shouldStop: { asked.next() > 4 }, progress: { _ in })
    #expect(first.isStopped && first.clips == 4)
    // What a kill leaves goes; what else lies there does not.
    try clips.folder.write("pack/clips-00009.h5.partial", "half a shard")
    try clips.folder.write("pack/notes.txt", "mine")
    let plan = try packer.plan()
    #expect(plan.kept == 4)
    let second = try packer.run(plan, threads: 2, shouldStop: { false }, progress: { _ in })
    #expect(!second.isStopped && second.clips == 11)
    let names = try FileManager.default.contentsOfDirectory(atPath: clips.pack)
    #expect(names.contains("notes.txt") && !names.contains { $0.hasSuffix(".partial") })
    #expect(
      try SeenSamples(
        clips.manifest, clips.source(start: .random, crop: .random), start: .random, crop: .random)
        == SeenSamples(clips.manifest, .files(.standard), start: .random, crop: .random))
  }

  @Test func heldOutClipsComeFromAPackToo() throws {
    let clips = try MixedClips()
    let transform = PackTransform(MixedClips.shape, start: .first, crop: .centre)
    let packer = ClipPacker(
      folder: clips.pack, lists: [.init(.validation, clips.manifest, transform)], limits: .standard)
    try clips.packed(packer)
    let packed = try ClipPack(clips.pack).clips(of: clips.manifest, .validation, transform, limits: .standard)
    let (a, b) = try (
      ClipReader(clips.manifest, shape: MixedClips.shape, source: .packed(packed)),
      ClipReader(clips.manifest, shape: MixedClips.shape)
    )
    #expect(a.entries == b.entries && a.unreadable == b.unreadable && a.count > 5)
    #expect(a.examples(0..<a.count).clips.values == b.examples(0..<b.count).clips.values)
  }
}

/// Counts calls.
private final class Counter: @unchecked Sendable {
  private let lock = NSLock()
  private var count = 0
  func next() -> Int {
    lock.withLock {
      count += 1
      return count
    }
  }
}
