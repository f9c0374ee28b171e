import Foundation
import Manifests
import Tensors
import TestClips
import Testing
import Video

@testable import Clips

/// What a run learns from: the latents of some steps, and what was set aside.
private struct Seen: Equatable {
  var names: [String] = []
  var latents: [[Float]] = []
  var bad: [String] = []

  /// Latents that the source gives, or that are made of its pixels in the loop, a step at a time.
  init(_ manifest: Manifest, _ source: ClipSource, encoder: BlockMeans? = nil, index: IndexGuard? = nil)
    throws
  {
    let list = NSTemporaryDirectory() + UUID().uuidString + ".jsonl"
    defer { try? FileManager.default.removeItem(atPath: list) }
    let loader = BatchLoader(
      manifest, shape: MixedClips.shape, batch: 5, seed: 11, start: .first, crop: .centre, source: source,
      index: index, workers: 2, badClipTolerance: 1, quarantinePath: list)
    for _ in 0..<12 {
      let examples = try loader.next().examples
      #expect((examples.content == .latents) == (encoder == nil))
      names += examples.entries.map(\.name)
      latents.append(encoder.map { $0.latents(of: examples.clips).values } ?? examples.clips.values)
    }
    loader.stop()
    bad = try String(contentsOfFile: list, encoding: .utf8).split(separator: "\n").map { line in
      var line = try JSONSerialization.jsonObject(with: Data(line.utf8)) as! [String: Any]
      line["time"] = nil
      return String(
        decoding: try JSONSerialization.data(withJSONObject: line, options: .sortedKeys), as: UTF8.self)
    }.sorted()
  }
}

struct LatentTests {
  @Test func keptLatentsAreThoseOfTheLoopToTheBit() throws {
    let clips = try MixedClips()
    let expected = try Seen(clips.manifest, .files(.standard), encoder: BlockMeans())
    #expect(Set(expected.names).isSuperset(of: ["even.mp4", "variable.mp4", "short.mp4"]))
    #expect(
      expected.bad.count == 3 && expected.bad.contains { $0.contains("choosing frames") }, "\(expected.bad)")
    let (plan, summary) = try clips.encoded(clips.writer())
    #expect(plan.clips == 11 && plan.kept == 0 && plan.precision == .float32)
    #expect(summary.clips == 11 && summary.unusable == 3 && summary.badToTrainOn == 3 && summary.missing == 0)
    #expect(summary.pixelBytes == 8 * MixedClips.shape.count && !summary.isStopped)
    // Nothing can be decoded any more.
    for name in ["even", "wide", "high", "variable", "exact", "short", "tooshort"] {
      try clips.spoil(name + ".mp4", keepingTime: true)
    }
    #expect(try Seen(clips.manifest, .latents(clips.encodedClips())) == expected)
    #expect(throws: BadClipsError.self) {
      try Seen(clips.manifest, .files(.standard), encoder: BlockMeans())
    }
  }

  @Test func bfloat16RoundsToTheNearest() throws {
    let clips = try MixedClips()
    let exact = try Seen(clips.manifest, .files(.standard), encoder: BlockMeans())
    try clips.encoded(clips.writer(precision: .bfloat16))
    let rounded = try Seen(clips.manifest, .latents(clips.encodedClips()))
    #expect(rounded.names == exact.names && rounded.bad == exact.bad)
    for (a, b) in zip(rounded.latents, exact.latents) {
      #expect(a == Tensor(b, [b.count]).converted(to: .bfloat16).widened.values)
    }
    // Without a word the numbers stay as they are stored, and with one they are made anew.
    #expect(try clips.writer().plan().kept == 11)
    let anew = try clips.encoded(clips.writer(precision: .float32))
    #expect(anew.plan.kept == 0 && anew.plan.replaced > 0)
    #expect(try Seen(clips.manifest, .latents(clips.encodedClips())) == exact)
  }

  @Test func heldOutClipsAreReadFromLatentsToo() throws {
    let clips = try MixedClips()
    let writer = LatentWriter(
      folder: clips.latents, lists: [.init(.train, clips.manifest), .init(.validation, clips.manifest)],
      shape: MixedClips.shape, encoder: BlockMeans(), limits: .standard)
    let (_, summary) = try clips.encoded(writer)
    #expect(summary.clips == 22 && summary.badToTrainOn == 3)
    let kept = try LatentStore(clips.latents).clips(
      of: clips.manifest, .validation, LatentKey(MixedClips.shape, BlockMeans()), limits: .standard)
    let (a, b) = try (
      ClipReader(clips.manifest, shape: MixedClips.shape, source: .latents(kept)),
      ClipReader(clips.manifest, shape: MixedClips.shape)
    )
    #expect(a.entries == b.entries && a.unreadable == b.unreadable && a.count > 5)
    let (latents, pixels) = (a.examples(0..<a.count), b.examples(0..<b.count))
    #expect(
      latents.content == .latents && latents.clips.values == BlockMeans().latents(of: pixels.clips).values)
    let half = latents.part(1, of: a.count)
    #expect(half.content == .latents && half.clips.shape == [1, 4, 3, 4, 4])
    #expect(throws: LatentsError.self) {
      try ViewReader(shape: MixedClips.shape, source: .latents(kept)).forEachBatch(
        of: 1, from: clips.manifest
      ) { _ in
        true
      }
    }
  }

  @Test func partsMakeTheSameAsOneRun() throws {
    let (whole, parts) = (try MixedClips(), try MixedClips())
    try whole.encoded(whole.writer())
    let expected = try Seen(whole.manifest, .latents(whole.encodedClips()))
    for number in [3, 1] {
      let (plan, summary) = try parts.encoded(parts.writer(part: FolderPart(number, of: 3)))
      #expect((3...4).contains(plan.clips) && plan.remaining == plan.clips && summary.missing > 0)
    }
    let text = message { _ = try parts.encodedClips() }
    #expect(text.contains(" is not there") && text.contains("Run vfm-data encode"), "\(text)")
    let (_, summary) = try parts.encoded(parts.writer(part: FolderPart(2, of: 3)))
    #expect(summary.missing == 0 && summary.clips == 11)
    let seen = try Seen(parts.manifest, .latents(parts.encodedClips()))
    #expect(seen.latents == expected.latents && seen.names == expected.names)
    // The whole has nothing left to do.
    let plan = try parts.writer().plan()
    #expect(plan.remaining == 0 && plan.replaced == 0 && plan.kept == 11)
  }

  /// Each part looks at what is there, and the other one may have made its own anew before this one sets to work.
  @Test func whatAnotherPartMakesAnewIsLeftToIt() throws {
    let clips = try MixedClips()
    let parts = { (weight: Float, number: Int) in
      clips.writer(BlockMeans(weight: weight), part: FolderPart(number, of: 2), clipsOfShard: 20)
    }
    for number in [1, 2] { try clips.encoded(parts(0.7, number)) }
    let first = parts(0.6, 1)
    let plan = try first.plan()
    #expect(plan.replaced == 1)
    let (_, second) = try clips.encoded(parts(0.6, 2))
    #expect(second.clips == 6 && second.missing == 5)
    let summary = try first.run(plan, threads: 2, shouldStop: { false }, progress: { _ in })
    #expect(summary.missing == 0 && summary.clips == 11)
    _ = try clips.encodedClips(BlockMeans(weight: 0.6))
  }

  @Test func whatWasStoppedGoesOn() throws {
    let clips = try MixedClips()
    let (_, first) = try clips.encoded(clips.writer(clipsOfShard: 2), threads: 3, clips: 5)
    #expect(first.isStopped && first.clips > 0 && first.clips < 11 && first.missing == 11 - first.clips)
    // What a kill leaves goes; what else lies there, or is written by another part just now, does not.
    for name in ["latents-00009.h5.partial", "latents-1-of-2-00000.h5.partial", "notes.txt"] {
      try clips.folder.write("latents/\(name)", "half a shard")
    }
    let (plan, second) = try clips.encoded(clips.writer(clipsOfShard: 2))
    #expect(plan.kept == first.clips && !second.isStopped && second.clips == 11)
    let names = try FileManager.default.contentsOfDirectory(atPath: clips.latents)
    #expect(
      names.contains("notes.txt")
        && names.filter { $0.hasSuffix(".partial") } == ["latents-1-of-2-00000.h5.partial"])
    #expect(
      try Seen(clips.manifest, .latents(clips.encodedClips()))
        == Seen(clips.manifest, .files(.standard), encoder: BlockMeans()))
  }
}

/// What a body throws, in words.
func message(_ body: () throws -> Void) -> String {
  do {
    try body()
    return ""
  } catch {
    return "\(error)"
  }
}
