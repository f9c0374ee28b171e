import Files
import Foundation

/// A folder of shards, which several processes may fill at the same time.
struct ShardFolder {
  let path: String
  let kind: ShardKind

  /// The shards in the order of their names; none when there is no folder.
  func names() throws -> [ShardName] {
    guard FileManager.default.fileExists(atPath: path) else { return [] }
    return try FileManager.default.contentsOfDirectory(atPath: path).sorted()
      .compactMap { ShardName(kind, $0) }
  }

  /// Where a shard lies.
  func path(of name: ShardName) -> String { path + "/" + name.text }

  /// The number of the next shard of a part.
  func nextNumber(of part: FolderPart) throws -> Int {
    try names().filter { $0.part == part }.map(\.number).max().map { $0 + 1 } ?? 0
  }

  /// What a process of the same part that was killed has left.
  func leftovers(of part: FolderPart) throws -> [String] {
    let ending = PartialFile.ending
    return try FileManager.default.contentsOfDirectory(atPath: path)
      .filter { name in
        name.hasSuffix(ending) && ShardName(kind, String(name.dropLast(ending.count)))?.part == part
      }.map { path + "/" + $0 }
  }
}
