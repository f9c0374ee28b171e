import Foundation
import Manifests
import TestClips
import TestPrograms
import Testing

@testable import Clips

/// A process that encodes and is killed leaves whole shards, and another goes on where it was.
struct KilledEncodingTests {
  private func encode(_ clips: MixedClips, milliseconds: Int) throws -> Process {
    try FileManager.default.createDirectory(atPath: clips.latents, withIntermediateDirectories: true)
    let process = Process()
    process.executableURL = URL(fileURLWithPath: TestProgram.path("latent-probe"))
    process.arguments = [clips.folder.path + "/list.csv", clips.latents, "\(milliseconds)"]
    try process.run()
    return process
  }

  @Test func whatWasKilledGoesOn() throws {
    let clips = try MixedClips()
    let killed = try encode(clips, milliseconds: 200)
    while killed.isRunning, try LatentStore.shardNames(in: clips.latents).count < 3 { usleep(2000) }
    kill(killed.processIdentifier, SIGKILL)
    killed.waitUntilExit()
    #expect(killed.terminationReason == .uncaughtSignal && killed.terminationStatus == SIGKILL)
    let left = try LatentStore(clips.latents).shards.reduce(0) { $0 + $1.clips.count }
    #expect((3..<11).contains(left))
    #expect(try clips.writer().plan().kept == left)

    let next = try encode(clips, milliseconds: 0)
    next.waitUntilExit()
    #expect(next.terminationStatus == 0)
    let kept = try clips.encodedClips()
    let other = try MixedClips()
    try other.encoded(other.writer())
    let expected = try other.encodedClips()
    for entry in clips.manifest {
      let (a, b) = (
        Result { try kept.read(entry, nil) }, Result { try expected.read(other.manifest[entry.index], nil) }
      )
      #expect((try? a.get()) == (try? b.get()), "\(entry.name)")
    }
  }
}
