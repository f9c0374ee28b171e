import Foundation

/// Puts a file on the disk so that a crash at any moment leaves it there whole, or what had its name before.
package enum WholeFile {
  /// Why a file could not be written.
  package enum Failure: Error {
    /// The disk cannot take it. `free` is nil when the system does not say.
    case diskFull(needed: Int, free: Int?)
    /// The file or its folder cannot be made.
    case cannotCreate(reason: String)
    /// The system refused a step.
    case failed(reason: String)
  }

  /// The ending of the name under which a file is written before it is whole.
  package static let temporaryEnding = ".partial"

  /// Writes `bytes` to `path`: under a temporary name beside it, to the disk, read back, then renamed.
  ///
  /// If it throws, whatever had the name `path` is still there, whole, and no temporary file is left behind.
  package static func write(
    _ bytes: UnsafeRawBufferPointer, to path: String, disk: Disk = .real
  ) throws(Failure) {
    let needed = bytes.count + bytes.count / 20
    let folder = folder(of: path)
    let temporary = path + temporaryEnding
    var file: Int32?
    var isThere = false
    do {
      let free = try disk.freeBytes(folder)
      guard free >= needed else { throw Failure.diskFull(needed: needed, free: free) }
      file = try disk.create(temporary)
      isThere = true
      try disk.writeAll(file!, bytes)
      try disk.sync(file!)
      guard try disk.holds(file!, bytes) else {
        throw Failure.failed(reason: "what was read back is not what was written")
      }
      let closing = file!
      file = nil
      try disk.close(closing)
      try disk.rename(temporary, path)
      isThere = false
      try disk.syncFolder(folder)
    } catch {
      if let file { try? disk.close(file) }
      if isThere { try? disk.remove(temporary) }
      throw kind(of: error, needed: needed, folder, disk)
    }
  }

  private static func kind(of error: any Error, needed: Int, _ folder: String, _ disk: Disk) -> Failure {
    if let failure = error as? Failure { return failure }
    guard let failure = error as? Disk.Failure else { return .failed(reason: "\(error)") }
    if failure.isFull { return .diskFull(needed: needed, free: try? disk.freeBytes(folder)) }
    if failure.call == "open" || failure.call == "statvfs" || failure.call == "rename",
      [EACCES, EPERM, EROFS, ENOENT, ENOTDIR, EISDIR, ELOOP, ENAMETOOLONG].contains(failure.code)
    {
      return .cannotCreate(reason: failure.reason)
    }
    return .failed(reason: failure.reason)
  }
}
