import Clips
import Manifests
import SyntheticClips
import TestClips
import Testing
import Video

@testable import Evaluation

struct SpreadClipsTests {
  private let shape = ClipShape(frames: 3, height: 16, width: 16, frameRate: 8)

  @Test func placesAreSpreadOverTheManifest() throws {
    let manifest = try SmallSet(SyntheticSettings(clips: 20, width: 16, height: 16)).manifest()
    let count = manifest.count
    #expect(SpreadClips(manifest, shape: shape).places == Array(0..<count))
    #expect(SpreadClips(manifest, shape: shape, limit: 1000).count == count)
    #expect(SpreadClips(manifest, shape: shape, limit: 4).places == (0..<4).map { $0 * count / 4 })
    #expect(SpreadClips(manifest, shape: shape, limit: 1).places == [0])
  }

  @Test func picturesAreThoseOfTheReader() throws {
    let set = try SmallSet(SyntheticSettings(clips: 12, width: 32, height: 32))
    let manifest = try set.manifest()
    let (reader, clips) = (try ClipReader(manifest, shape: shape), SpreadClips(manifest, shape: shape))
    for place in [0, manifest.count - 1] {
      let pictures = try clips.pictures(at: place)
      #expect(pictures.count == 3 && pictures[0].width == 16)
      #expect(pictures == reader.pictures(place))
    }
  }

  /// Held against the clips that they were taken from, all are found again; what cannot be read is left out and named.
  @Test func severalSearchesShareOnePass() throws {
    let set = try SmallSet(SyntheticSettings(clips: 12, width: 16, height: 16))
    try set.folder.write("set/bad.mp4", "this is no clip")
    let lines = ["path,caption", "bad.mp4,bad"] + (0..<5).map { "clips/00000\($0).mp4,clip \($0)" }
    let manifest = try Manifest.load(set.folder.write("set/m.csv", lines.joined(separator: "\n")))
    let clips = SpreadClips(manifest, shape: shape)
    let samples = try [1, 5, 3].map(clips.pictures)
    var searches = [
      NearestClipSearch(samples: samples, names: ["a", "b", "c"]),
      NearestClipSearch(samples: [samples[1]], names: ["d"]),
    ]
    var done: [Int] = []
    let unreadable = try NearestClipSearch.compare(&searches, with: clips) { done.append($0) }
    #expect(unreadable.count == 1 && "\(unreadable[0])".contains("bad.mp4"))
    #expect(done == Array(1...6))
    let found = try searches.map { try #require($0.result()) }
    #expect(found[0].matches.map(\.index) == [1, 5, 3] && found[1].matches.map(\.index) == [5])
    #expect(found.allSatisfy { $0.compared == 5 && $0.matches.allSatisfy(\.isIdentical) })
    #expect(found[0].matches.map(\.clip) == ["clips/000000.mp4", "clips/000004.mp4", "clips/000002.mp4"])
  }

  @Test func aClipThatCannotBeReadIsThrown() throws {
    let folder = try TemporaryFolder()
    try folder.write("bad.mp4", "this is no clip")
    let manifest = try Manifest.load(folder.write("m.csv", "path,caption\nbad.mp4,bad\n"))
    let error = #expect(throws: BadClip.self) { try SpreadClips(manifest, shape: shape).pictures(at: 0) }
    #expect("\(try #require(error))".contains("bad.mp4"))
  }
}
