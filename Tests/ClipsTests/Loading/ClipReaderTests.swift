import Manifests
import SyntheticClips
import TestClips
import Testing

@testable import Clips

struct ClipReaderTests {
  @Test func readsTheFirstReadableClipsInOrder() throws {
    let set = try SmallSet(SyntheticSettings(clips: 12, width: 32, height: 32))
    try set.folder.write("bad.mp4", "this is no clip")
    let lines = ["path,caption", "bad.mp4,bad"] + (0..<5).map { "set/clips/00000\($0).mp4,clip \($0)" }
    let manifest = try Manifest.load(set.folder.write("m.csv", lines.joined(separator: "\n")))
    let shape = ClipShape(frames: 4, height: 16, width: 16, frameRate: 8)
    let reader = try ClipReader(manifest, shape: shape, limit: 3)
    #expect(reader.count == 3 && reader.entries.map(\.caption) == ["clip 0", "clip 1", "clip 2"])
    #expect(reader.unreadable.map(\.path) == [set.folder.path + "/bad.mp4"])
    let batch = reader.examples(1..<3)
    #expect(batch.clips.shape == [2, 3, 4, 16, 16] && batch.captions == ["clip 1", "clip 2"])
    // Of six places that of the bad clip and every second one after it.
    let spread = try ClipReader(manifest, shape: shape, limit: 3, spread: true)
    #expect(spread.entries.map(\.caption) == ["clip 1", "clip 3"] && spread.unreadable.count == 1)
    #expect(batch.clips.values == (try ClipReader(manifest, shape: shape)).examples(1..<3).clips.values)
  }
}
