import Foundation
import Manifests
import TestClips
import Testing
import Video

@testable import Clips

struct SharedClipsTests {
  private func manifest() throws -> Manifest {
    let clips = try #require(sharedClips)
    let names = try FileManager.default.contentsOfDirectory(atPath: clips).sorted().filter {
      !$0.hasSuffix(".md") && !$0.hasSuffix(".csv") && !$0.hasPrefix(".")
    }
    let entries = names.enumerated().map { index, name in
      ClipEntry(index: index, file: ClipFile(path: "\(clips)/\(name)"), name: name, caption: name)
    }
    return Manifest(path: clips, entries: entries)
  }

  @Test(
    .enabled(if: sharedClips != nil, "needs real clips: set VFM_SHARED to the folder that holds clips/"),
    arguments: [StartChoice.random, .first])
  func realClipsGiveTheSameBitsFromAPack(start: StartChoice) throws {
    let manifest = try manifest()
    let folder = try TemporaryFolder()
    let shape = ClipShape(frames: 3, height: 32, width: 40, frameRate: 9)
    let transform = PackTransform(shape, start: start, crop: .random)
    let packer = ClipPacker(
      folder: folder.path, lists: [.init(.train, manifest, transform)], limits: .standard)
    _ = try packer.run(packer.plan(), threads: 2, shouldStop: { false }, progress: { _ in })
    let clips = try ClipPack(folder.path).clips(of: manifest, .train, transform, limits: .standard)
    let readers = [ClipSource.files(.standard), .packed(clips)].map {
      WindowReader(start: start, crop: .random, seed: 7, source: $0, index: nil, cacheMegabytes: 0)
    }
    for entry in manifest {
      for draw in 0..<3 {
        let results = readers.map { reader in
          Result { try reader.pixels(of: entry, shape: shape, sample: (draw, 0)) }
        }
        switch (results[0], results[1]) {
        case (.success(let file), .success(let packed)): #expect(file == packed, "\(entry.name) \(draw)")
        case (.failure(let file), .failure(let packed)): #expect(file as? BadClip == packed as? BadClip)
        default: Issue.record("\(entry.name): \(results)")
        }
      }
    }
  }

  @Test(.enabled(if: sharedClips != nil, "needs real clips: set VFM_SHARED to the folder that holds clips/"))
  func exactlyTheUnreadableClipsAreSetAside() throws {
    let manifest = try manifest()
    // Single pictures, so that no clip is too short.
    let shape = ClipShape(frames: 1, height: 16, width: 16, frameRate: 8)
    let reader = try ClipReader(manifest, shape: shape)
    #expect(
      reader.unreadable.map { URL(fileURLWithPath: $0.path).lastPathComponent } == [
        "AudioVideoInterleave.avi", "fixture-corrupt.mkv", "fixture-moov.mov", "mp4-with-audio.mp4",
        "typescript.ts",
      ], "\(reader.unreadable)")

    let loader = BatchLoader(manifest, shape: shape, batch: 7, seed: 0, workers: 2, badClipTolerance: 0.2)
    for _ in 0..<14 { #expect(try loader.next().examples.count == 7) }
    #expect(loader.badClips == 5)
  }
}
