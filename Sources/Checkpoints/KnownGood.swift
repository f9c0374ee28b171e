import Files
import Foundation
import Synchronization

/// The checkpoints that this process wrote or read whole, so that they need not be read again before others are removed.
final class KnownGood: Sendable {
  /// What changes when a file is replaced or changed.
  private struct Identity: Equatable {
    let file: FileIdentity
    let size, seconds, nanoseconds: Int

    init?(_ path: String) {
      var status = stat()
      guard lstat(path, &status) == 0 else { return nil }
      file = FileIdentity(status)
      size = Int(status.st_size)
      seconds = status.st_mtim.tv_sec
      nanoseconds = status.st_mtim.tv_nsec
    }
  }

  private struct Checkpoint {
    let file: Identity
    let parts: [(name: PartName, file: Identity)]
  }

  private let checkpoints = Mutex<[String: Checkpoint]>([:])

  /// Notes the checkpoint at `path`, whose parts lie beside it.
  func insert(_ path: String, parts: [PartName]) {
    let files = parts.compactMap { name in Self.identity(of: name, beside: path).map { (name, $0) } }
    let checkpoint = Identity(path).map { Checkpoint(file: $0, parts: files) }
    checkpoints.withLock { $0[path] = files.count == parts.count ? checkpoint : nil }
  }

  /// Whether it is known and none of its files has changed since.
  func contains(_ path: String) -> Bool {
    guard let known = checkpoints.withLock({ $0[path] }) else { return false }
    return Identity(path) == known.file
      && known.parts.allSatisfy { Self.identity(of: $0.name, beside: path) == $0.file }
  }

  /// The parts of a checkpoint that is known and whose first file has not changed since; nil for others.
  func parts(of path: String) -> [PartName]? {
    guard let known = checkpoints.withLock({ $0[path] }), Identity(path) == known.file else { return nil }
    return known.parts.map(\.name)
  }

  private static func identity(of part: PartName, beside path: String) -> Identity? {
    Identity(folder(of: path) + "/" + part.text)
  }
}
