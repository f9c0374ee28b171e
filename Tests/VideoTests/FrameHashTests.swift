import Foundation
import Hashing
import Testing

@testable import Video

/// Every frame of the real clips, byte for byte as the ffmpeg command shows it.
///
/// `Tests/Fixtures/make_clip_hashes.py` made the hashes with ffmpeg and ffprobe alone.
@Suite(.enabled(if: SharedClips.areHere, "the real clips are not here: set VFM_SHARED to their folder"))
struct FrameHashTests {
  struct Reference: Decodable {
    var digits: Int
    /// The hashes of a file's frames in one text; null for a file in which ffmpeg decodes none.
    var frames: [String: String?]
  }

  static let reference: Reference = {
    let file = URL(filePath: #filePath).appending(path: "../../Fixtures/clip_frames.json").standardized
    return try! JSONDecoder().decode(Reference.self, from: Data(contentsOf: file))
  }()

  @Test func knowsEveryClip() {
    #expect(Set(FrameHashTests.reference.frames.keys) == Set(SharedClips.facts.map(\.file)))
    #expect(FrameHashTests.reference.frames.values.count { $0 != nil } == 44)
  }

  @Test(arguments: SharedClips.facts)
  func showsWhatTheFFmpegCommandShows(facts: SharedClips.Facts) throws {
    let digits = FrameHashTests.reference.digits
    let expected = (FrameHashTests.reference.frames[facts.file] ?? nil).map(Array.init) ?? []
    guard let reader = try? VideoReader(path: SharedClips.path(facts.file)) else {
      #expect(expected.isEmpty)
      return
    }
    var count = 0
    try reader.forEachFrame { picture, _ in
      let hash = picture.pixels.withUnsafeBytes { SHA256.hex(of: $0) }.prefix(digits)
      let place = count * digits..<(count + 1) * digits
      guard place.upperBound <= expected.count, Array(hash) == Array(expected[place]) else {
        Issue.record("frame \(count) differs")
        return false
      }
      count += 1
      return true
    }
    #expect(count == expected.count / digits)
  }
}
