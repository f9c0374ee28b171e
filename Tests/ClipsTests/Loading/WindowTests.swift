import Manifests
import TestClips
import Testing
import Video

@testable import Clips

struct WindowTests {
  private let shape = ClipShape(frames: 8, height: 32, width: 32, frameRate: 8)

  private func window(
    seconds: Double, start: Double? = nil, end: Double? = nil, choice: StartChoice = .random,
    crop: CropChoice = .centre, width: Int = 64, position: Int = 0
  ) throws -> Window {
    let entry = ClipEntry(
      index: 0, file: ClipFile(path: "/clip.mp4"), name: "clip.mp4", caption: "", start: start, end: end)
    return try Window(
      of: entry, ClipFacts(seconds: seconds, width: width, height: 64), shape: shape, start: choice,
      crop: crop, seed: 7, sample: (position, 0))
  }

  @Test func timesAscendFromTheStart() {
    #expect(ClipShape(frames: 3, height: 1, width: 1, frameRate: 4).times(from: 2) == [2, 2.25, 2.5])
  }

  @Test func randomStartsFillTheRoomThatIsLeft() throws {
    let starts = try (0..<400).map { try window(seconds: 5, start: 1, end: 4, position: $0).start }
    #expect(starts.allSatisfy { $0 >= 1 && $0 <= 3 })
    #expect(starts.min()! < 1.05 && starts.max()! > 2.95)
    #expect(try window(seconds: 5, start: 1, end: 4, choice: .first).start == 1)
    #expect(try window(seconds: 1).start == 0)
  }

  @Test func onlyWindowsThatComeAgainAreKept() throws {
    #expect(try window(seconds: 1).recurs)
    #expect(try window(seconds: 9, choice: .first).recurs)
    #expect(try !window(seconds: 9).recurs)
    #expect(try !window(seconds: 1, crop: .random, width: 80).recurs)
    #expect(try window(seconds: 1, crop: .random, width: 64).recurs)
  }

  @Test func cropsRoamOnlyWhereThePictureJutsOut() throws {
    let windows = try (0..<100).map { try window(seconds: 1, crop: .random, width: 128, position: $0) }
    #expect(windows.allSatisfy { $0.cropY == 0.5 })
    #expect(windows.map(\.cropX).min()! < 0.1 && windows.map(\.cropX).max()! > 0.9)
  }

  @Test func aShortClipNeedsHalfTheFrames() throws {
    #expect(try window(seconds: 0.5).start == 0)
    let error = #expect(throws: BadClip.self) { try window(seconds: 0.375) }
    #expect(
      error?.description
        == "/clip.mp4: choosing frames: it lasts 0.375 s, which is 3 of the 8 frames at 8.0 per second;"
        + " at least half are needed")
  }

  @Test func aPieceBeyondTheEndIsRefused() throws {
    let error = #expect(throws: BadClip.self) { try window(seconds: 3, start: 4) }
    #expect(error?.reason == "the piece starts at 4.0 s, but the clip ends at 3.0 s")
  }
}
