import Foundation

/// The bytes of a regular file; nil when it is not there or may not be read. Mapped, not copied: the pages of a file of
/// millions of lines come and go as a reader walks over them. A disk that fails in the middle of that ends the program.
package func mappedFile(_ path: String) throws(MachineError) -> Data? {
  try withRegularFile(path) { (file, count) throws(MachineError) in
    guard let start = mmap(nil, count, PROT_READ, MAP_PRIVATE, file, 0), start != MAP_FAILED else {
      return try refused(path)
    }
    return Data(bytesNoCopy: start, count: count, deallocator: .unmap)
  }
}

/// The same, read into memory: for files that are written anew by what they hold.
package func wholeFile(_ path: String) throws(MachineError) -> Data? {
  try withRegularFile(path) { (file, count) throws(MachineError) in
    let start = UnsafeMutableRawPointer.allocate(byteCount: count, alignment: 16)
    do throws(Disk.Failure) {
      let room = UnsafeMutableRawBufferPointer(start: start, count: count)
      let found = try Disk.real.readAll(file, into: room)
      return Data(bytesNoCopy: start, count: found, deallocator: .custom { start, _ in start.deallocate() })
    } catch {
      start.deallocate()
      errno = error.code
      return try refused(path)
    }
  }
}

/// Does something with an open file that is not empty, and its size.
private func withRegularFile(
  _ path: String, _ body: (_ file: Int32, _ count: Int) throws(MachineError) -> Data?
) throws(MachineError) -> Data? {
  let file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
  guard file >= 0 else { return try refused(path) }
  defer { close(file) }
  var status = stat()
  guard fstat(file, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
  return status.st_size == 0 ? Data() : try body(file, Int(status.st_size))
}

/// Nil for a file that the system refuses.
private func refused(_ path: String) throws(MachineError) -> Data? {
  if let machine = MachineError(path: path, code: errno) { throw machine }
  return nil
}
