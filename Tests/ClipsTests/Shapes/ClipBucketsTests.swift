import ClipIndexing
import Foundation
import Manifests
import TestClips
import Testing
import Video

@testable import Clips

/// Clips of several lengths and proportions, 25 frames a second.
private struct Lengths {
  let folder: TemporaryFolder
  let manifest: Manifest

  /// - Parameter clips: frames, width and height of each.
  init(_ clips: [(frames: Int, width: Int, height: Int)]) throws {
    folder = try TemporaryFolder()
    var entries: [ClipEntry] = []
    for (place, clip) in clips.enumerated() {
      let path = "\(folder.path)/\(place).mp4"
      let scene = DrawnScene(UInt64(place))
      try writeClip(
        (0..<clip.frames).map { scene.picture(Double($0) / 25, width: clip.width, height: clip.height) },
        to: path)
      entries.append(ClipEntry(index: place, file: ClipFile(path: path), name: "\(place).mp4", caption: ""))
    }
    manifest = Manifest(path: "list", entries: entries)
  }

  /// Adds files that are no clips.
  func with(bad count: Int) throws -> Manifest {
    var entries = Array(manifest)
    for place in entries.count..<entries.count + count {
      let path = try folder.write("\(place).mp4", "this is no clip")
      entries.append(ClipEntry(index: place, file: ClipFile(path: path), name: "\(place).mp4", caption: ""))
    }
    return Manifest(path: "list", entries: entries)
  }
}

private func shape(_ frames: Int, _ height: Int, _ width: Int) -> ClipShape {
  ClipShape(frames: frames, height: height, width: width, frameRate: 25)
}

private func buckets(
  _ manifest: Manifest, _ shapes: [BatchShape], _ choice: ShapeChoice, index: IndexGuard? = nil,
  tolerance: Double = 1
) throws -> ClipBuckets {
  try ClipBuckets(
    manifest, shapes, by: choice, .standard, index: index, tolerance: BadClipTolerance(share: tolerance))
}

struct ClipBucketsTests {
  private static let mixed: [(frames: Int, width: Int, height: Int)] =
    [(9, 32, 32), (20, 32, 32), (9, 64, 32), (3, 32, 32), (1, 32, 32)]

  @Test func byShareEveryClipIsInAllShapesThatItIsLongEnoughFor() throws {
    let set = try Lengths(Self.mixed)
    let shapes = [
      BatchShape(shape(9, 32, 32), clips: 2, tokens: 9, share: 3),
      BatchShape(shape(1, 32, 32), clips: 5, tokens: 1, share: 1),
    ]
    let found = try buckets(set.manifest, shapes, .share)
    #expect(found.buckets.map(\.clips) == [[0, 1, 2], [0, 1, 2, 3, 4]])
    #expect(found.buckets.map(\.share) == [0.75, 0.25] && found.leftOut.isEmpty)
  }

  @Test func byClipEveryClipIsInOneAndAllComeAsOften() throws {
    let set = try Lengths(Self.mixed)
    let shapes = [
      BatchShape(shape(9, 32, 32), clips: 1, tokens: 9), BatchShape(shape(9, 32, 64), clips: 1, tokens: 18),
      BatchShape(shape(1, 32, 32), clips: 2, tokens: 1), BatchShape(shape(17, 32, 32), clips: 1, tokens: 17),
    ]
    let found = try buckets(set.manifest, shapes, .clip)
    #expect(found.buckets.map(\.clips) == [[0], [2], [3, 4], [1]])
    // The third bucket's two clips take one step.
    #expect(found.buckets.map(\.share) == [0.25, 0.25, 0.25, 0.25])
  }

  @Test func anIndexTellsTheSameAsTheFiles() throws {
    let set = try Lengths(Self.mixed)
    let lines = try set.manifest.map { entry in
      let line = try ClipExamination(name: entry.name, limits: .standard).line(of: entry.file)
      return String(decoding: try JSONEncoder().encode(line), as: UTF8.self) + "\n"
    }
    let index = try ClipIndex.load(set.folder.write("index.jsonl", lines.joined()))
    let shapes = [
      BatchShape(shape(9, 32, 32), clips: 1, tokens: 9), BatchShape(shape(1, 32, 32), clips: 1, tokens: 1),
    ]
    let guardian = try IndexGuard(
      index, .size, rule: ClipRule(shapes.map(\.shape), .standard), for: set.manifest)
    for choice in ShapeChoice.allCases {
      let told = try buckets(set.manifest, shapes, choice, index: guardian)
      #expect(try told.digest == buckets(set.manifest, shapes, choice).digest)
    }
  }

  @Test func clipsThatFitNoShapeAreLeftOutAndTooManyAreNamed() throws {
    let set = try Lengths([(9, 32, 32), (9, 32, 32), (2, 32, 32)])
    let manifest = try set.with(bad: 1)
    let shapes = [BatchShape(shape(9, 32, 32), clips: 2, tokens: 9)]
    let found = try buckets(manifest, shapes, .clip)
    #expect(found.buckets[0].clips == [0, 1] && found.leftOut.keys.sorted() == [2, 3])
    #expect(found.leftOut[2]?.reason.contains("which is 2 of the 9 frames at 25.0 per second") == true)
    #expect(found.leftOut[3]?.stage == "open")
    let error = #expect(throws: BadClipsError.self) { try buckets(manifest, shapes, .clip, tolerance: 0.25) }
    #expect(error?.description.hasPrefix("2 of the 4 clips of list cannot be used") == true)
    #expect(error?.description.contains("2.mp4: choosing frames: it lasts") == true)
  }

  @Test func aShapeWithTooFewClipsIsNamedWithCountsAndRemedy() throws {
    let set = try Lengths([(9, 32, 32), (9, 32, 32), (9, 64, 32)])
    let shapes = [
      BatchShape(shape(9, 32, 32), clips: 2, tokens: 9), BatchShape(shape(9, 32, 64), clips: 2, tokens: 18),
      BatchShape(shape(40, 32, 32), clips: 1, tokens: 40),
    ]
    let byClip = #expect(throws: BucketsError.self) { try buckets(set.manifest, shapes, .clip) }
    #expect(
      byClip?.description == """
        data.shapes[1], 9x32x64: 1 clip of list is too few for one of its steps, which has 2; leave the shape out, add clips, \
        or make training.batchSize smaller (or "clips" of the shape).
        data.shapes[2], 40x32x32: no clip of list has these as its nearest proportions and the most frames that it holds; \
        leave the shape out, or add such clips.
        Clips by shape: 9x32x32 has 2, 9x32x64 has 1, 40x32x32 has 0.
        """)
    let byShare = #expect(throws: BucketsError.self) { try buckets(set.manifest, shapes, .share) }
    #expect(
      byShare?.description == """
        data.shapes[2], 40x32x32: no clip of list has at least half of its frames, which last 1.6 s at 25 per second; leave \
        the shape out, or add such clips.
        Clips by shape: 9x32x32 has 3, 9x32x64 has 3, 40x32x32 has 0.
        """)
  }

  @Test func aPictureIsAClipOfOneFrameAlone() {
    let entry = ClipEntry(index: 0, file: ClipFile(path: "a.png"), name: "a.png", caption: "")
    let facts = ClipFacts(seconds: 0.04, width: 32, height: 32)
    let fast = ClipShape(frames: 2, height: 32, width: 32, frameRate: 100)
    #expect(
      ClipRule(fast, .standard).fault(of: entry, facts)?.reason
        == "it is a picture, which is no clip of 2 frames")
    #expect(ClipRule([fast, shape(1, 32, 32)], .standard).fault(of: entry, facts) == nil)
  }

  @Test func theLargestSizeThatTheClipFillsIsItsOwn() {
    let entry = ClipEntry(index: 0, file: ClipFile(path: ""), name: "a.mp4", caption: "", start: 1, end: 2)
    let shapes = [shape(25, 32, 32), shape(25, 64, 64), shape(25, 128, 128), shape(50, 64, 64)]
    func best(_ side: Int) -> Int? {
      ShapeFit(of: entry, ClipFacts(seconds: 9, width: side, height: side)).best(
        of: shapes, among: [0, 1, 2, 3])
    }
    #expect(best(16) == 0 && best(100) == 1 && best(500) == 2)
    let fit = ShapeFit(of: entry, ClipFacts(seconds: 9, width: 64, height: 64))
    #expect(fit.best(of: shapes, among: []) == nil && fit.best(of: shapes, among: [3]) == 3)
  }
}
