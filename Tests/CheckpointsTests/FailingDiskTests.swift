import Files
import Foundation
import Testing

@testable import Checkpoints

@Test(arguments: [ENOSPC, EDQUOT, EIO, EROFS], [false, true])
func anyFailingCallLeavesTheEarlierCheckpoint(_ code: Int32, isLasting: Bool) throws {
  var failures = 0
  for call in 1... {
    let temporary = try TemporaryFolder()
    try CheckpointFolder(temporary.path).save(sample(step: 1), step: 1)
    let fault = Fault(failing: call, code: code, isLasting: isLasting)
    let folder = CheckpointFolder(temporary.path, disk: fault.disk)
    do {
      let saved = try folder.save(sample(step: 2), step: 2, keep: 1)
      // Only the removal of the old one may fail without failing the save.
      #expect(saved.warnings.isEmpty != fault.wasReached)
      if !fault.wasReached { break }
    } catch let error as CheckpointError {
      failures += 1
      #expect([.inputOutput, .cannotCreate].contains(error.kind))
      if [ENOSPC, EDQUOT, EIO].contains(code) {
        #expect(error.kind == .inputOutput)
        #expect(
          error.description.contains("the earlier checkpoint \(temporary.path)/step-00000001.h5 is intact"))
      }
      if !isLasting { #expect(!temporary.names.contains { $0.hasSuffix(".partial") }) }
    }
    let earlier = try CheckpointFile.read(temporary.path + "/step-00000001.h5")
    #expect(try stateHash(of: earlier) == stateHash(of: sample(step: 1)))
    #expect(try CheckpointFolder(temporary.path).newest()?.warnings == [])

    // The next save on a sound disk takes away what was left.
    try CheckpointFolder(temporary.path).save(sample(step: 3), step: 3, keep: 1)
    #expect(temporary.names == ["step-00000003.h5"])
  }
  #expect(failures > 15)
}

/// Each of these steps is needed, in this order: a file that is renamed before it is on the disk, or whose name is not,
/// does not survive a power cut, and an old one that goes before does not come back. First comes the name of the folder itself.
@Test func theStepsOfASaveComeInTheirOrder() throws {
  let temporary = try TemporaryFolder()
  try CheckpointFolder(temporary.path).save(sample(step: 1), step: 1)
  let fault = Fault(failing: .max, code: EIO, isLasting: false)
  try CheckpointFolder(temporary.path, disk: fault.disk).save(sample(step: 2), step: 2, keep: 1)
  let steps = fault.calls.reduce(into: [String]()) { if $0.last != $1 { $0.append($1) } }
  #expect(
    steps == [
      "fsync of the folder", "statvfs", "open", "write", "fsync", "read", "close", "rename",
      "fsync of the folder", "unlink",
    ])
}

@Test func aDiskWithoutRoomIsSeenBeforeWriting() throws {
  let temporary = try TemporaryFolder()
  try CheckpointFolder(temporary.path).save(sample(step: 1), step: 1)
  var disk = Disk.real
  disk.freeBytes = { (_) throws(Disk.Failure) in 2000 }
  disk.create = { (_) throws(Disk.Failure) in preconditionFailure("nothing is to be written") }
  let folder = CheckpointFolder(temporary.path, disk: disk)
  let error = #expect(throws: CheckpointError.self) { try folder.save(sample(step: 2), step: 2) }
  let needed = try fileBytes(sample(step: 2)).count * 21 / 20
  #expect(
    error?.description
      == "The disk is too full to write \(temporary.path)/step-00000002.h5, which needs \(needed) "
      + "bytes where 2000 bytes are free; the earlier checkpoint \(temporary.path)/step-00000001.h5 is intact; free "
      + "some space and run again.")
  #expect(throws: CheckpointError.self) { try folder.requireSpace(of: 2002) }
  try folder.requireSpace(of: 2000)
}

/// The system's own full disk.
@Test(.enabled(if: FileManager.default.fileExists(atPath: "/dev/full"), "this system has no /dev/full"))
func aFullDeviceIsAFullDisk() throws {
  let temporary = try TemporaryFolder()
  var disk = Disk.real
  disk.create = { (_) throws(Disk.Failure) in open("/dev/full", O_RDWR) }
  let folder = CheckpointFolder(temporary.path, disk: disk)
  let error = #expect(throws: CheckpointError.self) { try folder.save(sample(), step: 1) }
  guard case .diskFull = error else {
    Issue.record("\(String(describing: error))")
    return
  }
}

@Test func aDiskThatKeepsOtherBytesIsFound() throws {
  let temporary = try TemporaryFolder()
  var disk = Disk.real
  disk.write = { (file, bytes) throws(Disk.Failure) in
    var wrong = Array(bytes)
    wrong[wrong.count / 2] ^= 1
    return wrong.withUnsafeBytes { write(file, $0.baseAddress, $0.count) }
  }
  let folder = CheckpointFolder(temporary.path, disk: disk)
  let error = #expect(throws: CheckpointError.self) { try folder.save(sample(), step: 1) }
  #expect(error?.description.contains("what was read back is not what was written") == true)
  #expect(temporary.names.isEmpty)
}
