import Files
import Synchronization

/// A disk that notes its calls, and on which the n-th fails, alone or with all that follow.
final class Fault: Sendable {
  private let noted = Mutex<[String]>([])
  let failing: Int
  let code: Int32
  let isLasting: Bool

  init(failing: Int, code: Int32, isLasting: Bool) {
    self.failing = failing
    self.code = code
    self.isLasting = isLasting
  }

  var calls: [String] { noted.withLock { $0 } }
  var wasReached: Bool { calls.count >= failing }

  func pass(_ call: String) throws(Disk.Failure) {
    let number = noted.withLock { noted in
      noted.append(call)
      return noted.count
    }
    if number == failing || (isLasting && number > failing) { throw Disk.Failure(call: call, code: code) }
  }

  /// The real disk with this fault.
  var disk: Disk { .watched { (call) throws(Disk.Failure) in try self.pass(call) } }
}

extension Disk {
  /// The real disk, which tells of each call before it, and may be made to fail by that; writes and reads take only a part
  /// at a time.
  static func watched(_ pass: @escaping @Sendable (_ call: String) throws(Failure) -> Void) -> Disk {
    let real = Disk.real
    return Disk(
      freeBytes: { (path) throws(Disk.Failure) in
        try pass("statvfs")
        return try real.freeBytes(path)
      },
      create: { (path) throws(Disk.Failure) in
        try pass("open")
        return try real.create(path)
      },
      write: { (file, bytes) throws(Disk.Failure) in
        try pass("write")
        return try real.write(file, UnsafeRawBufferPointer(rebasing: bytes.prefix(500)))
      },
      sync: { (file) throws(Disk.Failure) in
        try pass("fsync")
        try real.sync(file)
      },
      read: { (file, target, offset) throws(Disk.Failure) in
        try pass("read")
        return try real.read(file, UnsafeMutableRawBufferPointer(rebasing: target.prefix(2500)), offset)
      },
      close: { (file) throws(Disk.Failure) in
        // Like the system's own, a close that fails has closed all the same.
        try real.close(file)
        try pass("close")
      },
      rename: { (from, to) throws(Disk.Failure) in
        try pass("rename")
        try real.rename(from, to)
      },
      remove: { (path) throws(Disk.Failure) in
        try pass("unlink")
        try real.remove(path)
      },
      syncFolder: { (path) throws(Disk.Failure) in
        try pass("fsync of the folder")
        try real.syncFolder(path)
      })
  }
}
