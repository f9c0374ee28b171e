import Foundation
import Testing
import Video

@testable import Evaluation
@testable import Report

struct NearestClipsTests {
  /// A clip of one tone, 3 frames.
  private func plain(_ tone: UInt8) -> [Picture] {
    [Picture](repeating: Picture(width: 32, height: 24, fill: (tone, tone, tone)), count: 3)
  }

  private func nearest(
    _ samples: [[Picture]], among tones: [UInt8], order: [Int]? = nil, threshold: Double = 40
  ) throws -> NearestClips {
    var search = NearestClipSearch(samples: samples, names: samples.indices.map { "sample \($0)" })
    for index in order ?? Array(tones.indices) {
      search.compare(with: ClipThumbnail(plain(tones[index])), name: "clip \(index)", index: index)
    }
    return try #require(search.result(threshold: threshold))
  }

  @Test func findsTheNearestAndWhatIsIdentical() throws {
    let found = try nearest([plain(100), plain(207), plain(0)], among: [10, 100, 200])
    #expect(found.matches.map(\.clip) == ["clip 1", "clip 2", "clip 0"])
    #expect(found.matches.map(\.isIdentical) == [true, false, false])
    #expect(found.matches[0].psnr == 99)
    // 10 · log10(255² / 7²) and 10 · log10(255² / 10²)
    #expect(abs(found.matches[1].psnr - 31.2288) < 1e-4)
    #expect(abs(found.matches[2].psnr - 28.1308) < 1e-4)
    #expect(found.compared == 3 && found.maximum == 99)
    #expect(abs(found.median - 31.2288) < 1e-4)
    #expect(found.above == 1 && found.shareAbove == 1.0 / 3)
  }

  @Test func ofEquallyNearClipsTheFirstCountsInWhateverOrderTheyCome() throws {
    for order in [[0, 1, 2, 3], [3, 2, 1, 0], [2, 0, 3, 1]] {
      let found = try nearest([plain(50), plain(99)], among: [60, 40, 99, 99], order: order)
      #expect(found.matches.map(\.index) == [0, 2], "\(order)")
    }
  }

  @Test func theMiddleOfAnEvenNumberIsBetweenTwo() throws {
    let found = try nearest([plain(110), plain(107)], among: [100], threshold: 30)
    #expect(abs(found.median - (28.1308 + 31.2288) / 2) < 1e-4)
    #expect(found.above == 1 && found.threshold == 30)
  }

  @Test func oneFrameOfManyThatDiffersCountsByItsShare() throws {
    var clip = plain(100)
    clip[1] = Picture(width: 32, height: 24, fill: (110, 110, 110))
    let found = try nearest([clip], among: [100])
    #expect(abs(found.matches[0].psnr - (28.1308 + 10 * log10(3))) < 1e-4)
  }

  @Test func theLeastDifferenceOfALongClipIsNotAboveIdentical() {
    #expect(NearestClips.psnr(squaredError: 1, of: 768 * 10_000) == 99)
    #expect(NearestClips.psnr(squaredError: 255 * 255 * 768, of: 768) == 0)
  }

  @Test func withoutClipsNothingIsFound() {
    #expect(NearestClipSearch(samples: [plain(0)], names: ["x"]).result() == nil)
  }

  @Test func wordsAndTable() throws {
    let found = try nearest([plain(110), plain(100)], among: [100, 0])
    #expect(
      found.summary
        == "nearest of 2 training clips: median 63.6 dB, at most 99.0 dB; 1 of 2 samples (50.0 %) above 40 dB"
    )
    #expect(
      found.table.rows == [["identical", "sample 1", "clip 0"], ["28.1", "sample 0", "clip 0"]])
  }

  @Test func jsonNamesEachFigure() throws {
    let found = try nearest([plain(110)], among: [100])
    let data = try JSONEncoder().encode(found)
    let values = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
    #expect(
      Set(values.keys) == ["matches", "compared", "threshold", "median", "maximum", "above", "shareAbove"])
    #expect(try JSONDecoder().decode(NearestClips.self, from: data) == found)
  }

  @Test func theSheetShowsEachSampleAboveItsClip() throws {
    let samples = [plain(110), plain(200)]
    let found = try nearest(samples, among: [100, 200])
    let sheet = found.sheet(samples: samples, nearest: [plain(100), plain(200)], scale: 1)
    // The tones of the frames in the first column, from the top.
    let column = ContactSheet.margin + 2 + 16
    let tones = (0..<sheet.height).map { sheet[column, $0].r }.reduce(into: [UInt8]()) { tones, tone in
      if [100, 110, 200].contains(tone), tones.last != tone { tones.append(tone) }
    }
    #expect(tones == [110, 100, 200])
    let captions = ["sample 0", "nearest, 28.1 dB: clip 0", "sample 1", "nearest, identical: clip 1"]
    #expect(
      sheet
        == ContactSheet.picture(
          rows: [samples[0], plain(100), samples[1], plain(200)], captions: captions, scale: 1))
  }
}
