import Glibc

/// What tells one file from another, whatever names lead to it: its device, and its number there.
public struct FileIdentity: Hashable, Sendable, Codable {
  private let device: UInt64, number: UInt64

  /// The file that a name leads to, links followed; nil when there is none.
  public init?(_ path: String) {
    var status = stat()
    guard stat(path, &status) == 0 else { return nil }
    self.init(status)
  }

  /// An open file.
  public init?(descriptor: Int32) {
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { return nil }
    self.init(status)
  }

  /// What has a name, be it a link; nil when there is nothing.
  public static func named(_ path: String) -> FileIdentity? {
    var status = stat()
    return lstat(path, &status) == 0 ? FileIdentity(status) : nil
  }

  /// The file that the system tells of.
  package init(_ status: stat) { (device, number) = (UInt64(status.st_dev), UInt64(status.st_ino)) }

  /// Whether two names lead to one file.
  public static func isOneFile(_ path: String, _ other: String) -> Bool {
    FileIdentity(path).map { $0 == FileIdentity(other) } ?? false
  }
}
