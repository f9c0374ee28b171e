import Files
import Foundation
import Synchronization

/// Holds a run's folder for one process, so that two runs cannot mix their checkpoints.
///
/// The system drops the lock when the process ends, however it ends; the file `run.lock` stays and means nothing.
public final class RunLock: Sendable {
  /// The folder that is held.
  public let path: String
  private let file: Mutex<Int32>

  /// Takes the lock on the folder at `path`, which is made if it is not there. Throws
  /// `CheckpointError.folderInUse` at once, naming the holder, if another run has it.
  public init(_ path: String) throws {
    file = Mutex(try Self.take(path))
    self.path = path
  }

  deinit { _ = close(file.withLock { $0 }) }

  /// Sees to it that the lock still keeps other runs out: its file may have been removed by hand, and then another run
  /// could make a new one.
  /// - Throws: `CheckpointError.folderInUse` when another run has done so.
  public func hold() throws {
    try file.withLock { file in
      if let held = FileIdentity(descriptor: file), held == .named(Self.name(path)) { return }
      let new = try Self.take(path)
      close(file)
      file = new
    }
  }

  /// Who holds the lock on the folder at `path`, in words; nil if nobody does.
  ///
  /// Any number of processes may look at the same time, but one that takes the lock at that moment may find it taken.
  public static func holder(of path: String) -> String? {
    let file = open(name(path), O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
    guard file >= 0 else { return nil }
    defer { close(file) }
    return flock(file, LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK ? holder(in: file) : nil
  }

  /// What the holder has written of itself.
  private static func holder(in file: Int32) -> String {
    var words = [UInt8](repeating: 0, count: 200)
    let count = pread(file, &words, words.count, 0)
    let holder = String(decoding: words.prefix(max(count, 0)).prefix { $0 != 10 }, as: UTF8.self)
    return holder.isEmpty ? "of unknown name" : holder
  }

  private static func name(_ folder: String) -> String { folder + "/run.lock" }

  private static func take(_ path: String) throws -> Int32 {
    try makeFolder(path)
    let name = name(path)
    let file = open(name, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o644)
    guard file >= 0 else {
      throw CheckpointError.cannotCreate(path: name, reason: String(cString: strerror(errno)))
    }
    guard flock(file, LOCK_EX | LOCK_NB) == 0 else {
      let code = errno
      defer { close(file) }
      guard code == EWOULDBLOCK else {
        throw CheckpointError.cannotCreate(path: name, reason: String(cString: strerror(code)))
      }
      throw CheckpointError.folderInUse(folder: path, holder: holder(in: file))
    }
    // Who holds it is for the message of others only; a full disk does not matter here.
    ftruncate(file, 0)
    let holder = Array("process \(getpid()) on \(ProcessInfo.processInfo.hostName)\n".utf8)
    _ = pwrite(file, holder, holder.count, 0)
    return file
  }
}
