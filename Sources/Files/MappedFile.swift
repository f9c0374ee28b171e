import Foundation

/// The bytes of a regular file; nil when it is not there or may not be read. Mapped, not copied: the pages of a file of
/// millions of lines come and go as a reader walks over them.
package func mappedFile(_ path: String) throws(MachineError) -> Data? {
  let file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
  guard file >= 0 else { return try refused(path) }
  defer { close(file) }
  var status = stat()
  guard fstat(file, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
  let count = Int(status.st_size)
  if count == 0 { return Data() }
  guard let start = mmap(nil, count, PROT_READ, MAP_PRIVATE, file, 0), start != MAP_FAILED else {
    return try refused(path)
  }
  return Data(bytesNoCopy: start, count: count, deallocator: .unmap)
}

/// Nil for a file that the system refuses.
private func refused(_ path: String) throws(MachineError) -> Data? {
  if let machine = MachineError(path: path, code: errno) { throw machine }
  return nil
}
