import Glibc

/// The machine's trouble, not that of the file that was to be read: too few file descriptors, no memory, a disk or a
/// file server that does not answer. It says nothing of the file, which may be read well another time.
public struct MachineError: Error, Sendable, Hashable, CustomStringConvertible {
  /// What was to be read.
  public let path: String
  /// The system's error number.
  public let code: Int32

  /// The trouble with a file; nil when the error number tells of the file itself, as "no such file" does.
  public init?(path: String, code: some BinaryInteger) {
    guard Self.codes.contains(Int32(code)) else { return nil }
    self.path = path
    self.code = Int32(code)
  }

  /// The file, the system's words and the remedy.
  public var description: String { "cannot read \(path): \(systemWords(code)); \(remedy)" }

  private var remedy: String {
    switch code {
    case EMFILE: "let the program open more files (ulimit -n), and run again"
    case ENFILE, ENOMEM, ENOBUFS, EAGAIN: "the machine is short of it: end other programs, and run again"
    default: "the disk or the file server is in trouble, not the file: look after it, and run again"
    }
  }

  /// Error numbers that tell of the machine, its disks and its file servers.
  private static let codes: Set<Int32> = [
    EINTR, EMFILE, ENFILE, ENOMEM, ENOBUFS, EAGAIN, EIO, ESTALE, ETIMEDOUT, EREMOTEIO, ENODEV, ENXIO, EBUSY,
    ENOLCK,
    ENOLINK, ECOMM, EPROTO, EHOSTDOWN, EHOSTUNREACH, ENETDOWN, ENETUNREACH, ENETRESET, ENOTCONN, ESHUTDOWN,
    ECONNREFUSED, ECONNRESET, ECONNABORTED,
  ]
}

/// Does some reading, and does it again after a pause when the machine was in trouble: servers come back, and other
/// programs close their files.
/// - Throws: what `body` throws; `MachineError` when the trouble lasts for about four seconds.
package func patiently<Result>(_ body: () throws -> Result) throws -> Result {
  for pause: UInt32 in [100, 300, 900, 2700] {
    do {
      return try body()
    } catch is MachineError {
      usleep(pause * 1000)
    }
  }
  return try body()
}
