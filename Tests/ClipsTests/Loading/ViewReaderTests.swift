import Foundation
import Manifests
import TestClips
import Testing
import Video

@testable import Clips

struct ViewReaderTests {
  private func views(
    _ clips: MixedClips, _ plan: ViewPlan, _ source: ClipSource = .files(.standard)
  ) -> [String] {
    let reader = ViewReader(shape: MixedClips.shape, plan: plan, source: source)
    return clips.manifest.map { entry in
      do {
        return try "\(reader.pixels(of: entry).map(\.values.hashValue))"
      } catch {
        return "\(error)"
      }
    }
  }

  /// The crops of one decoding are those of a decoding each.
  @Test func viewsAreTheWindowsOfTheClip() throws {
    let clips = try MixedClips()
    let wide = clips.manifest[1]
    let read = try ViewReader(shape: MixedClips.shape, plan: ViewPlan(offsets: 3, crops: 3)).pixels(of: wide)
    #expect(read.count == 9 && Set(read.map(\.values)).count == 9)
    let clip = try ClipSource.files(.standard).open(wide, ClipTimings())
    let slack = try clip.facts().seconds - MixedClips.shape.seconds
    for (place, view) in read.enumerated() {
      let framing = Framing(width: 16, height: 16, cropX: Double(place % 3) / 2)
      let times = MixedClips.shape.times(from: Double(place / 3) * slack / 2)
      let alone = try ClipSource.files(.standard).open(wide, ClipTimings())
      #expect(view == ClipPixels(try alone.pictures(at: times, framing: framing), shape: MixedClips.shape))
    }
  }

  /// With a start of its own the first of several views is what a `ClipReader` sees.
  @Test func theFirstOfSeveralTimesIsTheBeginning() throws {
    let clips = try MixedClips()
    let reader = try ClipReader(clips.manifest, shape: MixedClips.shape)
    let views = ViewReader(shape: MixedClips.shape, plan: ViewPlan(offsets: 2, crops: 1))
    for (place, entry) in reader.entries.enumerated() {
      let first = BatchSamples(entries: [entry], contents: [.pixels(try views.pixels(of: entry)[0])])
      #expect(
        first.examples(shape: MixedClips.shape).clips.values
          == reader.examples(place..<place + 1).clips.values)
    }
  }

  @Test(arguments: ["1x1", "3x1", "2x3"]) func aPackGivesTheSameBits(plan: String) throws {
    let clips = try MixedClips()
    try clips.packed(clips.packer(start: .random, crop: .random))
    let plan = try #require(ViewPlan(plan))
    #expect(
      views(clips, plan, try clips.source(start: .random, crop: .random)) == views(clips, plan))
  }

  @Test func batchesHoldTheViewsOfClipsOneBehindTheOther() throws {
    let clips = try MixedClips()
    let reader = ViewReader(shape: MixedClips.shape, plan: ViewPlan(offsets: 2, crops: 3))
    var (names, weights, sizes, reached) = ([String](), [Double](), [Int](), [Int]())
    let read = try #require(
      try reader.forEachBatch(of: 4, from: clips.manifest) { batch in
        names += batch.examples.names
        weights += batch.weights
        sizes.append(batch.examples.count)
        reached.append(batch.clipsRead)
        return true
      })
    #expect(
      read.read.map(\.name) == [
        "even.mp4", "wide.mp4", "high.mp4", "variable.mp4", "exact.mp4",
        "short.mp4", "wide.mp4", "variable.mp4", "even.mp4",
      ])
    #expect(
      read.unreadable.map { URL(fileURLWithPath: $0.path).lastPathComponent } == [
        "tooshort.mp4", "broken.mp4", "high.mp4",
      ])
    #expect(sizes.dropLast().allSatisfy { $0 == 4 } && (1...4).contains(sizes.last!))
    #expect(reached.last == 9 && reached == reached.sorted())
    #expect(names.first == "even.mp4" && names.filter { $0 == "exact.mp4" }.count == 1)
    #expect(abs(weights.reduce(0, +) - 9) < 1e-9)

    var passes = 0
    let stopped = try reader.forEachBatch(of: 4, from: clips.manifest) { _ in
      passes += 1
      return passes < 2
    }
    #expect(stopped == nil && passes == 2)
    let two = try reader.forEachBatch(of: 64, from: clips.manifest, limit: 2) { _ in true }
    #expect(two?.read.count == 2)
  }
}
