import Testing
import Video

@testable import Report

struct ReconstructionSheetTests {
  private func clip(_ frames: Int, tone: UInt8) -> [Picture] {
    (0..<frames).map { Picture(width: 96, height: 48, fill: (UInt8($0 * 10), tone, 200)) }
  }

  @Test func reconstructionsStandBelowTheirClips() {
    let (originals, reconstructions) = (
      [clip(3, tone: 1), clip(2, tone: 2)], [clip(3, tone: 3), clip(2, tone: 4)]
    )
    let sheet = ContactSheet.reconstructions(of: originals, reconstructions, names: ["a.mp4", "b.mp4"])
    let rows = ContactSheet.picture(
      rows: [originals[0], reconstructions[0], originals[1], reconstructions[1]],
      captions: ["a.mp4", "reconstruction", "b.mp4", "reconstruction"])
    #expect(sheet == rows)
  }

  @Test func ofLongClipsFramesFromAllOverAreShown() {
    let (original, reconstruction) = (clip(17, tone: 1), clip(17, tone: 2))
    let sheet = ContactSheet.reconstructions(of: [original], [reconstruction], names: [""], mostFrames: 4)
    let places = [0, 4, 8, 12]
    let rows = ContactSheet.picture(
      rows: [places.map { original[$0] }, places.map { reconstruction[$0] }],
      captions: ["", "reconstruction"])
    #expect(sheet == rows)
  }
}
