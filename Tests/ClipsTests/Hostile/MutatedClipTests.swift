import ClipMutations
import Foundation
import Manifests
import TestClips
import Testing
import Video

@testable import Clips

/// Damaged clips of every kind, read as training reads them and wholly: each decodes or is set aside with its reason.
///
/// The normal run reads a few hundred. `make fuzz` reads `FUZZ_CLIPS` from `FUZZ_SEED` on, prints a table, and fails
/// on a clip that takes more than five seconds. A crash ends the process: the clip that was being read then is the one
/// in the folder that the run names at its start.
@Suite struct MutatedClipTests {
  @Test func decodeOrAreSetAside() throws {
    let environment = ProcessInfo.processInfo.environment
    let wanted = environment["FUZZ_CLIPS"].flatMap { Int($0) }
    let seed = environment["FUZZ_SEED"].flatMap { UInt64($0) } ?? 1
    let folder = try TemporaryFolder()
    if wanted != nil { print("the clip being read is in \(folder.path)") }
    let run = try MutationRun(folder: folder, seed: seed)
    try run.read(wanted ?? 480)
    #expect(run.unlisted == [])
    #expect(run.decoded > 0 && run.setAside > 0)
    guard wanted != nil else { return }
    print(run.table)
    #expect(run.slowest.seconds <= 5, "\(run.slowest)")
    #expect(run.growth <= 512)
  }

  /// The loader goes on past damaged clips, and lists them.
  @Test func trainingGoesOn() throws {
    let folder = try TemporaryFolder()
    var generator = SeededGenerator(seed: 7)
    var entries: [ClipEntry] = []
    for kind in ClipKind.all {
      let path = folder.path + "/\(entries.count).\(kind.ending)"
      try kind.write(to: path)
      let whole = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
      for mutation in Mutation.allCases {
        let damaged = path + ".\(mutation).\(kind.ending)"
        try Data(mutation.apply(to: whole, using: &generator)).write(to: URL(fileURLWithPath: damaged))
        entries.append(
          ClipEntry(index: entries.count, file: ClipFile(path: damaged), name: damaged, caption: ""))
      }
      entries.append(ClipEntry(index: entries.count, file: ClipFile(path: path), name: path, caption: ""))
    }
    let list = folder.path + "/quarantine.jsonl"
    let loader = BatchLoader(
      Manifest(path: "damaged", entries: entries), shape: MutationRun.shape, batch: 16, seed: 1, workers: 2,
      badClipTolerance: 1, quarantinePath: list)
    for _ in 0..<entries.count / 16 { #expect(try loader.next().examples.count == 16) }
    loader.stop()
    #expect(loader.badClips > 0)
    #expect(try folder.text("quarantine.jsonl").split(separator: "\n").count == loader.badClips)
  }
}
