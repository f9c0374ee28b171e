import Files
import Foundation
import HDF5

/// The clips that wait for their shard to be full.
final class PackShelf: @unchecked Sendable {
  private let folder: ShardFolder
  private let part: FolderPart
  private let transforms: [PackedList: PackTransform]
  private let shardBytes: Int
  private let lock = NSLock()
  // All below is guarded by the lock, which is held while a shard is written: nobody decodes ahead of the disk.
  private var contents: [PackedContent] = []
  private var waiting = 0
  private var number: Int
  private(set) var count = 0

  /// A shelf whose shards are numbered on from those of the same part that are there.
  init(
    folder: ShardFolder, part: FolderPart, transforms: [PackedList: PackTransform], shardBytes: Int
  ) throws {
    (self.folder, self.part, self.transforms, self.shardBytes) = (folder, part, transforms, shardBytes)
    number = try folder.nextNumber(of: part)
  }

  /// Takes a clip, and writes a shard when it would be more than full; says how many clips there were so far.
  func add(_ content: PackedContent) throws -> Int {
    try lock.withLock {
      let size = content.pixels.count
      if waiting + size > shardBytes { try writeShard() }
      contents.append(content)
      waiting += size
      count += 1
      return count
    }
  }

  /// Writes what is left.
  func write() throws { try lock.withLock { try writeShard() } }

  private func writeShard() throws {
    if contents.isEmpty { return }
    let path = folder.path(of: ShardName(folder.kind, part, number))
    let image: FileImage
    do {
      image = try PackShard.image(of: &contents, transforms)
    } catch let failure as HDF5.Failure {
      throw PackError.failed(path: path, reason: failure.description)
    }
    (contents, waiting) = ([], 0)
    do throws(WholeFile.Failure) {
      try WholeFile.write(UnsafeRawBufferPointer(image.bytes), to: path)
    } catch {
      switch error {
      case .diskFull(let needed, let free): throw PackError.diskFull(path: path, needed: needed, free: free)
      case .cannotCreate(let reason): throw PackError.cannotCreate(path: path, reason: reason)
      case .failed(let reason): throw PackError.failed(path: path, reason: reason)
      }
    }
    number += 1
  }
}
