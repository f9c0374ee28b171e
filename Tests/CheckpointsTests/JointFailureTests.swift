import Files
import Foundation
import Synchronization
import Testing

@testable import Checkpoints

/// Any call on any rank may fail: then all know, and the folder is as it was.
@Test(arguments: [0, 1, 2], [false, true])
func aFailureOnOneRankIsOneOnAll(_ failing: Int, isLasting: Bool) throws {
  var failures = 0
  for call in 1... {
    let temporary = try TemporaryFolder()
    try saveTogether(3, step: 1, in: temporary.path)
    let (before, path) = (temporary.names, temporary.path)
    let fault = Fault(failing: call, code: EIO, isLasting: isLasting)
    let results = saveTogether(3, step: 2, keep: 1) { rank in
      rank == failing ? CheckpointFolder(path, disk: fault.disk) : CheckpointFolder(path)
    }
    if let error = results[failing].error {
      failures += 1
      #expect(error.kind == .inputOutput)
      #expect(error.description.contains("the earlier checkpoint \(path)/step-00000001.h5 is intact"))
      for rank in 0..<3 where rank != failing {
        #expect(
          results[rank].error?.description
            == "The checkpoint \(path)/step-00000002.h5 is not saved, for rank \(failing) failed: \(error)")
        #expect(results[rank].error?.kind == .inputOutput)
      }
      // All is as it was, but where the very last call failed: then all of the new one is there.
      if temporary.names.contains("step-00000002.h5") {
        let new = try CheckpointFile.read(path + "/step-00000002.h5")
        #expect(try stateHash(of: new) == stateHash(of: largerSample(step: 2)))
      } else if !isLasting || failing > 0 {  // else rank 0 can remove nothing
        #expect(temporary.names == before)
      }
      let old = try CheckpointFile.read(path + "/step-00000001.h5")
      #expect(try stateHash(of: old) == stateHash(of: largerSample(step: 1)))
    } else {
      // Only the removal of old files may fail without failing the save.
      #expect(try results[failing].get().warnings.isEmpty != fault.wasReached)
      if !fault.wasReached { break }
    }
    #expect(try CheckpointFolder(path).newest()?.warnings == [])

    // The next save on a sound disk takes away what was left.
    try saveTogether(2, step: 3, keep: 1, in: path)
    #expect(temporary.names.count == 2 && temporary.names[1] == "step-00000003.h5")
  }
  #expect(failures > 8)
}

/// Whatever lies on the disk at any moment of a save, of the next step or of the same again, a run goes on from it, and the
/// next save leaves nothing of it behind.
@Test(arguments: [1, 2]) func aKillAtAnyMomentCostsNothing(_ step: Int) throws {
  let temporary = try TemporaryFolder()
  let path = temporary.path
  try saveTogether(3, step: 1, in: path)
  let moments = Moments(path)
  let disk = Disk.watched { (_) throws(Disk.Failure) in moments.note() }
  _ = saveTogether(3, step: step, keep: 1) { _ in CheckpointFolder(path, disk: disk) }
  moments.note()
  let all = moments.all
  #expect(all.count > 20)
  for moment in all {
    let killed = try TemporaryFolder()
    for (name, bytes) in moment { _ = try killed.file(name, Array(bytes)) }
    let found = try #require(try CheckpointFolder(killed.path).newest())
    #expect(found.warnings.isEmpty && found.step <= step)
    #expect(try stateHash(of: found.checkpoint) == stateHash(of: largerSample(step: found.step)))
    try saveTogether(2, step: 3, keep: 1, in: killed.path)
    #expect(killed.names.count == 2)
  }
}

/// What lay in a folder at each moment that was noted, by name.
private final class Moments: Sendable {
  private let noted = Mutex<[[String: Data]]>([])
  private let path: String

  init(_ path: String) { self.path = path }

  var all: [[String: Data]] { noted.withLock { $0 } }

  func note() {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
    let now = names.reduce(into: [:]) {
      $0[$1] = try? Data(contentsOf: URL(fileURLWithPath: path + "/" + $1))
    }
    noted.withLock { if $0.last != now { $0.append(now) } }
  }
}

@Test func savedAnewInVainTheOldOneStays() throws {
  let temporary = try TemporaryFolder()
  let path = temporary.path
  try saveTogether(2, step: 1, in: path)
  let before = temporary.names
  var disk = Disk.real
  disk.rename = { (_, _) throws(Disk.Failure) in throw Disk.Failure(call: "rename", code: EIO) }
  let broken = disk
  for failing in 0..<2 {
    let results = saveTogether(2, step: 1) {
      $0 == failing ? CheckpointFolder(path, disk: broken) : CheckpointFolder(path)
    }
    #expect(results.allSatisfy { $0.error != nil })
    #expect(temporary.names == before)
    #expect(try CheckpointFile.read(path + "/step-00000001.h5").attributes["step"] == .integer(1))
  }
}

@Test func ofSeveralThatFailTheFirstIsNamedToTheOthers() throws {
  let temporary = try TemporaryFolder()
  var full = Disk.real
  full.freeBytes = { (_) throws(Disk.Failure) in 10 }
  let disk = full
  let results = saveTogether(4, step: 1) { rank in
    rank == 1 || rank == 2
      ? CheckpointFolder(temporary.path, disk: disk) : CheckpointFolder(temporary.path)
  }
  for rank in [1, 2] {
    guard case .diskFull = results[rank].error else {
      Issue.record("\(results[rank])")
      continue
    }
  }
  for rank in [0, 3] {
    guard case .failedElsewhere(_, 1, let reason) = results[rank].error else {
      Issue.record("\(results[rank])")
      continue
    }
    #expect(reason.hasPrefix("The disk is too full to write ") && reason.hasSuffix("run again."))
  }
  #expect(temporary.names.isEmpty)
}

@Test func aFolderThatIsNotSharedIsFound() throws {
  let (first, second) = (try TemporaryFolder(), try TemporaryFolder())
  let paths = [first.path, second.path]
  let results = saveTogether(2, step: 1) { CheckpointFolder(paths[$0]) }
  let message = results[0].error?.description ?? ""
  #expect(
    message.contains("rank 1 has written \(first.path)/step-00000001.")
      && message.contains("rank 0 does not see it, as if the folder were not one that all ranks share"),
    "\(message)")
  guard case .failedElsewhere(_, 0, _) = results[1].error else {
    Issue.record("\(results[1])")
    return
  }
  #expect(first.names.isEmpty)
}

/// Processes that lose each other all end with that, and nothing that was there is lost.
@Test(arguments: 0...2) func aMeetingThatBreaksOffEndsTheSave(_ rounds: Int) throws {
  let temporary = try TemporaryFolder()
  try saveTogether(2, step: 1, in: temporary.path)
  let results = saveTogether(2, step: 2, Meeting(2, roundsBeforeBreak: rounds)) { _ in
    CheckpointFolder(temporary.path)
  }
  for result in results { #expect(throws: Meeting.BrokenOff.self) { try result.get() } }
  let found = try #require(try CheckpointFolder(temporary.path).newest())
  // Where only the last word did not get through, rank 0 has finished.
  #expect(found.step == (rounds == 2 ? 2 : 1) && found.warnings.isEmpty)
  try saveTogether(2, step: 3, keep: 1, in: temporary.path)
  #expect(temporary.names.count == 2)
}

@Test func anotherRunInTheFolderIsToldToAll() throws {
  let temporary = try TemporaryFolder()
  let lock = try RunLock(temporary.path)
  try FileManager.default.removeItem(atPath: temporary.path + "/run.lock")
  let other = try RunLock(temporary.path)
  let results = saveTogether(2, step: 1) { rank in
    CheckpointFolder(temporary.path, lock: rank == 0 ? lock : nil)
  }
  #expect(results[0].error?.kind == .cannotCreate)
  #expect(results[1].error?.description.contains("is in use by another run") == true)
  withExtendedLifetime(other) {}
}
