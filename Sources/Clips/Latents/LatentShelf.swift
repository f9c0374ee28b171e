import Files
import Foundation
import HDF5
import Tensors

/// The latents that wait for their shard to be full.
struct LatentShelf {
  private let folder: ShardFolder
  private let part: FolderPart
  private let key: LatentKey
  private let precision: Precision
  private var contents: [LatentContent] = []
  private var number: Int
  private var begun = ContinuousClock.now

  /// A shelf whose shards are numbered on from those of the same part that are there.
  init(folder: ShardFolder, part: FolderPart, key: LatentKey, precision: Precision) throws {
    (self.folder, self.part, self.key, self.precision) = (folder, part, key, precision)
    number = try folder.nextNumber(of: part)
  }

  /// Takes a clip, and writes a shard when it is full, or has been filled for long.
  mutating func add(_ content: LatentContent, shardBytes: Int, time: Duration) throws {
    if contents.isEmpty { begun = .now }
    contents.append(content)
    let size = (contents.count + 1) * key.count * precision.bytes
    if size > shardBytes || ContinuousClock.now - begun > time { try write() }
  }

  /// Writes what is there.
  mutating func write() throws {
    if contents.isEmpty { return }
    let path = folder.path(of: ShardName(folder.kind, part, number))
    let image: FileImage
    do {
      image = try LatentShard.image(of: contents, key, precision)
    } catch let failure as HDF5.Failure {
      throw LatentsError.failed(path: path, reason: failure.description)
    }
    contents = []
    do throws(WholeFile.Failure) {
      try WholeFile.write(UnsafeRawBufferPointer(image.bytes), to: path)
    } catch {
      throw LatentsError(error, path)
    }
    number += 1
  }
}
