import Files
import Foundation
import Synchronization
import Testing

@testable import Checkpoints

struct MakeFolderTests {
  /// The real disk, noting which folders are synced; or one that refuses to.
  private func disk(_ synced: @escaping @Sendable (String) throws(Disk.Failure) -> Void) -> Disk {
    var disk = Disk.real
    disk.syncFolder = { (folder) throws(Disk.Failure) in
      try synced(folder)
      try Disk.real.syncFolder(folder)
    }
    return disk
  }

  /// Each name that was made lies in the folder above. Those above the last one may be gone with a power cut otherwise,
  /// and all that was saved with them.
  @Test func theNamesOfNewFoldersAreMadeToLast() throws {
    let temporary = try TemporaryFolder()
    let noted = Mutex<[String]>([])
    let disk = disk { (folder) in noted.withLock { $0.append(folder) } }
    try makeFolder(temporary.path + "/a/b/c", disk: disk)
    #expect(noted.withLock { $0 } == ["/a/b", "/a", ""].map { temporary.path + $0 })
    // Who made it may have been killed before that.
    try makeFolder(temporary.path + "/a/b/c", disk: disk)
    #expect(noted.withLock { $0.last } == temporary.path + "/a/b")
  }

  @Test(arguments: [EACCES, EPERM, EINVAL])
  func aFolderAboveThatCannotBeSynced(code: Int32) throws {
    let temporary = try TemporaryFolder()
    try makeFolder(
      temporary.path + "/a",
      disk: disk { (_) throws(Disk.Failure) in throw Disk.Failure(call: "open", code: code) })
    #expect(temporary.names == ["a"])
  }

  @Test func aDiskThatFails() throws {
    let temporary = try TemporaryFolder()
    let failing = disk { (_) throws(Disk.Failure) in throw Disk.Failure(call: "fsync", code: EIO) }
    let error = #expect(throws: CheckpointError.self) { try makeFolder(temporary.path + "/a", disk: failing) }
    #expect(
      error?.description
        == "Writing \(temporary.path)/a failed: fsync says \"Input/output error\"; check the disk and run again."
    )
  }
}
