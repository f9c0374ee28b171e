import ClipIndexing
import Foundation
import Manifests
import SyntheticClips
import TestClips
import Testing
import Video

@testable import Clips

struct IndexGuardTests {
  private func index(_ set: SmallSet, _ manifest: Manifest) throws -> ClipIndex {
    let lines = try manifest.map { entry in
      let bytes = try ClipBytes(entry.file)
      return
        "{\"path\":\"\(entry.name)\",\"bytes\":\(bytes.count),\"sha256\":\"\(try bytes.digest())\",\"verdict\":\"good\"}"
    }
    return try ClipIndex.load(set.folder.write("index.jsonl", lines.joined(separator: "\n") + "\n"))
  }

  /// One bit somewhere in a file of the same size and time.
  private func flip(_ path: String, _ place: Int) throws {
    var status = stat()
    stat(path, &status)
    var bytes = try Data(contentsOf: URL(fileURLWithPath: path))
    bytes[(place * 7919) % bytes.count] ^= 1 << UInt8(place % 8)
    try bytes.write(to: URL(fileURLWithPath: path))
    utimensat(AT_FDCWD, path, [status.st_atim, status.st_mtim], 0)
  }

  private let rule = ClipRule(ClipShape(frames: 4, height: 16, width: 16, frameRate: 8), .standard)

  @Test func everyFlippedBitIsFoundFromFilesAndFromAPack() throws {
    let set = try SmallSet(SyntheticSettings(clips: 60, width: 16, height: 16, frames: 4))
    let manifest = try set.manifest()
    let index = try index(set, manifest)
    let damaged = Set(manifest.indices.filter { $0 % 3 != 0 })
    for place in damaged { try flip(manifest[place].path, place) }
    let shape = ClipShape(frames: 4, height: 16, width: 16, frameRate: 8)
    let transform = PackTransform(shape, start: .first, crop: .centre)
    let packer = ClipPacker(
      folder: set.folder.path, lists: [.init(.train, manifest, transform)], limits: .standard)
    _ = try packer.run(packer.plan(), threads: 2, shouldStop: { false }, progress: { _ in })
    let packed = try ClipPack(set.folder.path).clips(of: manifest, .train, transform, limits: .standard)
    for source in [ClipSource.files(.standard), .packed(packed)] {
      let reader = WindowReader(
        start: .first, crop: .centre, seed: 0, source: source,
        index: try IndexGuard(index, .hash, rule: rule, for: manifest), cacheMegabytes: 0)
      var found: Set<Int> = []
      for entry in manifest {
        do {
          _ = try reader.pixels(of: entry, shape: shape, sample: (0, 0))
        } catch let clip as BadClip {
          found.insert(entry.index)
          #expect(
            clip.stage == "index" && clip.reason.contains("has changed since it was indexed: its SHA-256 was")
          )
        }
      }
      #expect(found == damaged)
    }
  }

  @Test func anUnreadableClipIsKnownBeforeItIsOpened() throws {
    let set = try SmallSet(SyntheticSettings(clips: 20, width: 16, height: 16, frames: 4))
    let manifest = try set.manifest()
    let text = manifest.map { entry in
      let verdict = entry.index == 3 ? "\"unreadable\",\"reason\":\"nothing decodes\"" : "\"good\""
      return
        "{\"path\":\"\(entry.name)\",\"bytes\":1,\"sha256\":\"\(String(repeating: "0", count: 64))\",\"verdict\":\(verdict)}"
    }
    let index = try ClipIndex.load(set.folder.write("index.jsonl", text.joined(separator: "\n") + "\n"))
    let list = set.folder.path + "/quarantine.jsonl"
    let loader = BatchLoader(
      manifest, shape: ClipShape(frames: 4, height: 16, width: 16, frameRate: 8), batch: 1, seed: 0,
      index: try IndexGuard(index, .size, rule: rule, for: manifest), badClipTolerance: 1,
      quarantinePath: list)
    #expect(try loader.leaveOutUnusable() == 1)
    #expect(try set.folder.text("quarantine.jsonl").contains("nothing decodes"))
    loader.stop()
    let more = try Manifest.load(
      set.folder.write("more.csv", "path,caption\nset/clips/000001.mp4,a\nset/clips/000002.mp4,b\n"))
    let error = #expect(throws: IndexGuard.MissingError.self) {
      try IndexGuard(index, .size, rule: rule, for: more)
    }
    #expect(error?.description.hasPrefix("2 clips of the manifest are not in the index") == true)
  }
}
