import Foundation

/// The system calls of a save and a load, as values, so that a test can make any one of them fail.
package struct Disk: Sendable {
  /// A system call that failed, and the reason in the system's words.
  package struct Failure: Error {
    package let call: String
    package let code: Int32

    package init(call: String, code: Int32) {
      self.call = call
      self.code = code
    }

    package var reason: String { "\(call) says \"\(words)\"" }
    /// The system's words alone.
    package var words: String { systemWords(code) }
    /// The disk, or the user's share of it, is full.
    package var isFull: Bool { code == ENOSPC || code == EDQUOT }
  }

  /// The bytes that an ordinary user may still write in a folder.
  package var freeBytes: @Sendable (_ folder: String) throws(Failure) -> Int
  /// Makes a file, in place of an old one, for writing and reading back; no link is followed.
  package var create: @Sendable (_ path: String) throws(Failure) -> Int32
  /// Writes some of the bytes and says how many.
  package var write: @Sendable (_ file: Int32, _ bytes: UnsafeRawBufferPointer) throws(Failure) -> Int
  /// Waits until all that was written is on the disk.
  package var sync: @Sendable (_ file: Int32) throws(Failure) -> Void
  /// Reads from `offset` on into the buffer and says how many bytes; 0 at the end.
  package var read:
    @Sendable (_ file: Int32, _ into: UnsafeMutableRawBufferPointer, _ offset: Int) throws(Failure) -> Int
  /// Closes a file.
  package var close: @Sendable (_ file: Int32) throws(Failure) -> Void
  /// Gives a file its final name, in place of what had that name.
  package var rename: @Sendable (_ from: String, _ to: String) throws(Failure) -> Void
  /// Removes a file.
  package var remove: @Sendable (_ path: String) throws(Failure) -> Void
  /// Waits until the names in a folder are on the disk.
  package var syncFolder: @Sendable (_ folder: String) throws(Failure) -> Void

  /// A disk of calls of one's own.
  package init(
    freeBytes: @escaping @Sendable (_ folder: String) throws(Failure) -> Int,
    create: @escaping @Sendable (_ path: String) throws(Failure) -> Int32,
    write: @escaping @Sendable (_ file: Int32, _ bytes: UnsafeRawBufferPointer) throws(Failure) -> Int,
    sync: @escaping @Sendable (_ file: Int32) throws(Failure) -> Void,
    read:
      @escaping @Sendable (_ file: Int32, _ into: UnsafeMutableRawBufferPointer, _ offset: Int)
      throws(Failure) -> Int,
    close: @escaping @Sendable (_ file: Int32) throws(Failure) -> Void,
    rename: @escaping @Sendable (_ from: String, _ to: String) throws(Failure) -> Void,
    remove: @escaping @Sendable (_ path: String) throws(Failure) -> Void,
    syncFolder: @escaping @Sendable (_ folder: String) throws(Failure) -> Void
  ) {
    self.freeBytes = freeBytes
    self.create = create
    self.write = write
    self.sync = sync
    self.read = read
    self.close = close
    self.rename = rename
    self.remove = remove
    self.syncFolder = syncFolder
  }

  /// The real disk.
  package static let real = Disk(
    freeBytes: { (folder) throws(Failure) in
      var space = statvfs()
      try check(statvfs(folder, &space), "statvfs")
      return Int(
        clamping: UInt64(space.f_bavail).multipliedReportingOverflow(by: UInt64(space.f_frsize)).partialValue)
    },
    create: { (path) throws(Failure) in
      unlink(path)
      return try check(open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o644), "open")
    },
    write: { (file, bytes) throws(Failure) in
      // One call takes at most 2 GB on Linux.
      try check(Foundation.write(file, bytes.baseAddress, min(bytes.count, 1 << 30)), "write")
    },
    sync: { (file) throws(Failure) in try check(fsync(file), "fsync") },
    read: { (file, target, offset) throws(Failure) in
      try check(pread(file, target.baseAddress, min(target.count, 1 << 30), off_t(offset)), "read")
    },
    close: { (file) throws(Failure) in try check(Foundation.close(file), "close") },
    rename: { (from, to) throws(Failure) in try check(Foundation.rename(from, to), "rename") },
    remove: { (path) throws(Failure) in try check(unlink(path), "unlink") },
    syncFolder: { (folder) throws(Failure) in
      let file = try check(open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC), "open")
      defer { _ = Foundation.close(file) }
      try check(fsync(file), "fsync")
    }
  )

  @discardableResult
  private static func check<Status: SignedInteger>(_ status: Status, _ call: String) throws(Failure) -> Status
  {
    if status < 0 { throw Failure(call: call, code: errno) }
    return status
  }
}

extension Disk {
  /// Writes all bytes, however many calls that takes.
  package func writeAll(_ file: Int32, _ bytes: UnsafeRawBufferPointer) throws(Failure) {
    var rest = bytes
    while !rest.isEmpty {
      let count = try uninterrupted { () throws(Failure) in try write(file, rest) }
      guard count > 0 else { throw Failure(call: "write", code: EIO) }
      rest = UnsafeRawBufferPointer(rebasing: rest[count...])
    }
  }

  /// Writes all bytes, however many calls that takes.
  package func writeAll(_ file: Int32, _ bytes: [UInt8]) throws(Failure) {
    try bytes.withUnsafeBufferPointer { (bytes) throws(Failure) in
      try writeAll(file, UnsafeRawBufferPointer(bytes))
    }
  }

  /// Reads until the buffer is full or the file ends; says how many bytes.
  package func readAll(_ file: Int32, into target: UnsafeMutableRawBufferPointer, from offset: Int = 0)
    throws(Failure) -> Int
  {
    var done = 0
    while done < target.count {
      let rest = UnsafeMutableRawBufferPointer(rebasing: target[done...])
      let count = try uninterrupted { () throws(Failure) in try read(file, rest, offset + done) }
      if count == 0 { break }
      done += count
    }
    return done
  }

  /// Tries again when a signal came in between.
  private func uninterrupted(_ call: () throws(Failure) -> Int) throws(Failure) -> Int {
    while true {
      do throws(Failure) {
        return try call()
      } catch {
        if error.code != EINTR { throw error }
      }
    }
  }

  /// Whether a file holds exactly these bytes.
  package func holds(_ file: Int32, _ bytes: UnsafeRawBufferPointer) throws(Failure) -> Bool {
    let window = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 64)
    defer { window.deallocate() }
    var offset = 0
    while true {
      let count = try readAll(file, into: window, from: offset)
      guard offset + count <= bytes.count else { return false }
      if count == 0 { return offset == bytes.count }
      guard memcmp(window.baseAddress!, bytes.baseAddress! + offset, count) == 0 else { return false }
      offset += count
    }
  }
}

/// The folder that a file lies in.
package func folder(of path: String) -> String {
  guard let slash = path.lastIndex(of: "/") else { return "." }
  return slash == path.startIndex ? "/" : String(path[..<slash])
}
