import Foundation
import Manifests
import SyntheticClips
import Tensors
import TestClips
import Testing
import Video

@testable import Clips

struct ResizedCropTests {
  private let law = ResizedCrop(scale: 0.3...1, ratio: 0.75...4 / 3.0)

  private func regions(_ law: ResizedCrop, _ width: Int, _ height: Int, count: Int = 3000) -> [FrameRegion] {
    (0..<count).map { step in
      var stream = RandomStream(seed: 1, purpose: .check, step: step)
      return law.region(width: width, height: height, &stream)
    }
  }

  @Test func boxesHaveTheSizesAndProportionsAskedFor() {
    let regions = regions(law, 320, 240)
    let shares = regions.map { $0.width * $0.height }
    #expect(shares.min()! > 0.295 && shares.min()! < 0.31 && shares.max()! > 0.95)
    let ratios = regions.map { $0.width * 320 / ($0.height * 240) }
    #expect(ratios.min()! > 0.74 && ratios.min()! < 0.77 && ratios.max()! < 1.345 && ratios.max()! > 1.31)
    // The logarithm of the proportions is drawn evenly; large boxes only fit with those of the picture.
    #expect(regions.contains { $0.x == 0 } && regions.contains { abs($0.y + $0.height - 1) < 1e-9 })
  }

  @Test func sharesAreDrawnEvenly() {
    let shares = regions(ResizedCrop(scale: 0.1...0.5, ratio: 1...1), 400, 400).map { $0.width * $0.height }
    for tenth in 0..<8 {
      let part = shares.count { Int(($0 - 0.1) / 0.05) == tenth }
      #expect(abs(Double(part) / 3000 - 0.125) < 0.03)
    }
  }

  @Test func boxesAreOfWholePixels() {
    for region in regions(law, 37, 23, count: 200) {
      for pixels in [region.x * 37, region.width * 37, region.y * 23, region.height * 23] {
        #expect(abs(pixels - pixels.rounded()) < 1e-9)
      }
    }
  }

  @Test func theMiddleServesWhereNothingFits() {
    // 1000 × 10 pixels: no box of a third fits whose proportions are at most 4/3.
    #expect(Set(regions(law, 1000, 10)) == [FrameRegion(x: 0.493, y: 0, width: 0.013, height: 1)])
    #expect(Set(regions(law, 10, 1000)) == [FrameRegion(x: 0, y: 0.493, width: 1, height: 0.013)])
    let all = ResizedCrop(scale: 1...1, ratio: 0.5...2)
    #expect(regions(all, 40, 30).contains(FrameRegion(x: 0, y: 0, width: 1, height: 1)))
    #expect(Set(regions(law, 1, 1, count: 5)) == [FrameRegion(x: 0, y: 0, width: 1, height: 1)])
  }

  private let shape = ClipShape(frames: 5, height: 20, width: 20, frameRate: 12)

  /// A clip whose frames are all one picture.
  private func still() throws -> (folder: TemporaryFolder, manifest: Manifest) {
    let folder = try TemporaryFolder()
    let picture = DrawnScene(3).picture(0, width: 64, height: 48)
    try writeClip(Array(repeating: picture, count: 30), to: folder.path + "/a.mp4", crf: 1)
    return (folder, try Manifest.load(folder.write("list.csv", "path,caption\na.mp4,a\n")))
  }

  private func batches(
    _ manifest: Manifest, workers: Int = 1, cache: Int = 0, limits: DecodeLimits = .standard
  ) throws -> [[Float]] {
    let loader = BatchLoader(
      manifest, shape: shape, batch: 2, seed: 5, crop: .resized(law), source: .files(limits),
      workers: workers, cacheMegabytes: cache)
    return try (0..<6).map { _ in try loader.next().examples.clips.values }
  }

  @Test func allFramesOfASampleShareABox() throws {
    let (folder, manifest) = try still()
    defer { withExtendedLifetime(folder) {} }
    let batches = try batches(manifest)
    for values in batches {
      for clip in 0..<2 {
        for channel in 0..<3 {
          let frames = (0..<5).map { frame in
            let start = ((clip * 3 + channel) * 5 + frame) * 400
            return Array(values[start..<start + 400])
          }
          // What coding changes from frame to frame is little beside another box.
          for frame in frames.dropFirst() {
            let change = zip(frame, frames[0]).map { abs($0 - $1) }.max()!
            #expect(change < 0.1)
          }
        }
      }
    }
    let samples = batches.flatMap { [Array($0[..<400]), Array($0[6000..<6400])] }
    #expect(Set(samples).count == samples.count)
  }

  @Test func samplesAreAFunctionOfSeedAndStep() throws {
    let set = try SmallSet(SyntheticSettings(clips: 10, seed: 4, width: 48, height: 32, frames: 12))
    let manifest = try set.manifest()
    let expected = try batches(manifest)
    #expect(try batches(manifest, workers: 3, cache: 8) == expected)
  }

  @Test func heldOutClipsStayInTheMiddle() throws {
    let (folder, manifest) = try still()
    defer { withExtendedLifetime(folder) {} }
    let clips = try ClipReader(manifest, shape: shape).examples(0..<1).clips.values
    let centred = BatchLoader(manifest, shape: shape, batch: 1, seed: 5, start: .first, crop: .centre)
    #expect(try clips == centred.next().examples.clips.values)
  }

  @Test func noPackServesThem() { #expect(PackTransform.Crop(.resized(law)) == nil) }
}
