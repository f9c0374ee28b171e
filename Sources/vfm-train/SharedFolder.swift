import Commands
import Files
import Foundation
import Ranks
import Training

/// Sees to it that all ranks have the run's folder on a disk that they share.
enum SharedFolder {
  /// How often it is looked for what another machine has written, and the pause, in microseconds: network disks take a while.
  private static let looks = 50, pause: UInt32 = 100_000

  /// Throws on all ranks unless they see what the first one writes into a folder.
  static func require(_ path: String, _ group: RankGroup) throws {
    guard group.count > 1 else { return }
    let word = group.gather(group.isFirst ? "\(UInt64.random(in: 0...(.max)))" : "")[0]
    let file = path + "/ranks.txt"
    try group.together {
      if group.isFirst { try? WholeFile.replace(file, with: Array(word.utf8)) }
    }
    defer { if group.isFirst { unlink(file) } }
    try group.together {
      for _ in 0..<looks {
        if let found = try? String(contentsOfFile: file, encoding: .utf8), found == word { return }
        if group.isFirst { break }
        usleep(pause)
      }
      throw Failure(
        .cannotCreate,
        group.isFirst
          ? "Cannot write to \(path); make room, or name a folder that you may write to."
          : "what rank 0 writes to \(path) is not there on this rank; give an --output folder on a disk that all machines share."
      )
    }
  }
}
