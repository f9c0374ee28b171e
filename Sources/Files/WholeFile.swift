import Foundation

/// Puts files on the disk whole or not at all: what had the name before stays until the new file is complete.
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

  /// Writes `bytes` to `path`, for what cannot be made again: under a temporary name beside it, to the disk, read back,
  /// then renamed. A crash or a power cut at any moment leaves the file there whole, or what had its name before.
  ///
  /// If it throws, whatever had the name `path` is still there, whole, and no temporary file is left behind.
  package static func write(
    _ bytes: UnsafeRawBufferPointer, to path: String, disk: Disk = .real
  ) throws(Failure) {
    let needed = bytes.count + bytes.count / 20
    let folder = folder(of: path)
    do {
      let free = try disk.freeBytes(folder)
      guard free >= needed else { throw Failure.diskFull(needed: needed, free: free) }
      let file = try PartialFile(path, disk: disk)
      try file.write(bytes)
      try file.sync()
      guard try file.holds(bytes) else {
        throw Failure.failed(reason: "what was read back is not what was written")
      }
      try file.finish()
      try disk.syncFolder(folder)
    } catch {
      throw kind(of: error, needed: needed, folder, disk)
    }
  }

  /// Writes `bytes` to `path`, for what can be made again: a process that is killed leaves the file there whole, or what
  /// had its name before. Nothing waits for the disk, so a power cut may cost it.
  package static func replace(_ path: String, with bytes: [UInt8]) throws(Disk.Failure) {
    let file = try PartialFile(path)
    try file.write(bytes)
    try file.finish()
  }

  private static func kind(of error: any Error, needed: Int, _ folder: String, _ disk: Disk) -> Failure {
    if let failure = error as? Failure { return failure }
    guard let failure = error as? Disk.Failure else { return .failed(reason: "\(error)") }
    if failure.isFull { return .diskFull(needed: needed, free: try? disk.freeBytes(folder)) }
    if failure.call == "open" || failure.call == "statvfs" || failure.call == "rename",
      [EACCES, EPERM, EROFS, ENOENT, ENOTDIR, EISDIR, ELOOP, ENAMETOOLONG, EOPNOTSUPP].contains(failure.code)
    {
      return .cannotCreate(reason: failure.reason)
    }
    return .failed(reason: failure.reason)
  }
}
