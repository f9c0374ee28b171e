import Glibc

/// A file while it is written: under a temporary name beside its place, which it takes only when it is whole.
///
/// It is open for writing and reading back. One that is let go unfinished leaves nothing behind.
package struct PartialFile: ~Copyable {
  /// The ending of the temporary name.
  package static let ending = ".partial"

  /// The open file.
  package let descriptor: Int32
  private let path: String
  private let disk: Disk
  private var isOpen = true
  private var isTemporary = true

  /// Its name until it is whole.
  package var temporary: String { path + Self.ending }

  /// Begins a file that is to be called `path`; what a killed process left there under the temporary name is removed.
  /// - Throws: also when a folder, a device or a pipe has the name: only files are replaced.
  package init(_ path: String, disk: Disk = .real) throws(Disk.Failure) {
    self.path = path
    self.disk = disk
    descriptor = try Self.create(path, disk)
  }

  deinit {
    if isOpen { try? disk.close(descriptor) }
    if isTemporary { try? disk.remove(temporary) }
  }

  /// Appends bytes.
  package func write(_ bytes: UnsafeRawBufferPointer) throws(Disk.Failure) {
    try disk.writeAll(descriptor, bytes)
  }

  /// Appends bytes.
  package func write(_ bytes: [UInt8]) throws(Disk.Failure) {
    try disk.writeAll(descriptor, bytes)
  }

  /// Waits until all that was written is on the disk.
  package func sync() throws(Disk.Failure) { try disk.sync(descriptor) }

  /// Whether the file holds exactly these bytes.
  package func holds(_ bytes: UnsafeRawBufferPointer) throws(Disk.Failure) -> Bool {
    try disk.holds(descriptor, bytes)
  }

  /// Closes the file and gives it its name, in place of what had that name.
  package consuming func finish() throws(Disk.Failure) {
    isOpen = false  // a close that fails has closed all the same
    try disk.close(descriptor)
    try disk.rename(temporary, path)
    isTemporary = false
  }

  /// Gives the file its name, in place of what had that name, and hands it over open.
  package consuming func finishOpen() throws(Disk.Failure) -> Int32 {
    try disk.rename(temporary, path)
    isTemporary = false
    isOpen = false
    return descriptor
  }

  private static func create(_ path: String, _ disk: Disk) throws(Disk.Failure) -> Int32 {
    var status = stat()
    if lstat(path, &status) == 0 {
      let kind = status.st_mode & S_IFMT
      if kind == S_IFDIR { throw Disk.Failure(call: "open", code: EISDIR) }
      if kind != S_IFREG && kind != S_IFLNK { throw Disk.Failure(call: "open", code: EOPNOTSUPP) }
    }
    return try disk.create(path + ending)
  }
}
