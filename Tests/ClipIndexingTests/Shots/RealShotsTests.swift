import Foundation
import TestClips
import Testing

@testable import ClipIndexing

/// Where cuts are was found by looking at the frames. The clip nasa_13013 also has a dissolve at about 5.2 s, which is not
/// found.
@Test(
  .enabled(if: sharedClips != nil, "no folder of real clips: set VFM_SHARED"),
  arguments: [
    ("bikes.mp4", [0, 1.2, 3.04, 5.48, 7.48, 9.68]), ("nasa_13013.mp4", [0, 8.08]), ("cockatoo.mp4", [0]),
    ("flipping_a_pancake.mkv", [0]), ("carphone_pristine.mp4", [0]), ("fixture2.mkv", [0, 1.209542]),
  ])
func findsTheShotsOfRealClips(name: String, starts: [Double]) throws {
  let found = try shots(of: try #require(sharedClips) + "/" + name)
  #expect(found.map(\.start) == starts)
}
