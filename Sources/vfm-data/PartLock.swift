import Checkpoints
import Clips
import Commands
import Foundation

/// Holds a part of a folder for one process, so that no other does the same clips at the same time.
///
/// Each part has a lock of its own. Processes that divide the clips into another number of parts are kept out.
struct PartLock {
  private let lock: RunLock

  /// Takes the lock of a part.
  /// - Throws: `CheckpointError.folderInUse` at once when another process does some of these clips.
  init(_ folder: String, _ part: FolderPart) throws {
    lock = try RunLock(Self.place(of: part, in: folder))
    // Of two that begin at the same moment both hold theirs before either looks, so not both go on.
    for other in try Self.parts(in: folder) where other.count != part.count {
      let place = Self.place(of: other, in: folder)
      if let holder = RunLock.holder(of: place) {
        throw CheckpointError.folderInUse(folder: place, holder: holder)
      }
    }
  }

  private static let beginning = "part-"

  private static func place(of part: FolderPart, in folder: String) -> String {
    part == .whole ? folder : "\(folder)/\(beginning)\(part.name)"
  }

  /// The parts that have or had a lock in a folder, and the whole.
  private static func parts(in folder: String) throws -> [FolderPart] {
    try [.whole]
      + FileManager.default.contentsOfDirectory(atPath: folder).filter { $0.hasPrefix(beginning) }
      .sorted().compactMap { FolderPart(name: $0.dropFirst(beginning.count)) }
  }
}
