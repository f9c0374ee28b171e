import Files
import Foundation
import Manifests
import Tensors
import Video

/// A folder of latents, opened.
public struct LatentStore: Sendable {
  /// The folder.
  public let path: String
  let shards: [OpenLatents]

  /// Opens all shards of a folder and reads what they say of their clips.
  /// - Throws: `LatentsError` when there are none, or one is damaged.
  public init(_ path: String) throws {
    self.path = path
    manyOpenFiles
    shards = try LatentStore.shardNames(in: path).map { try OpenLatents(path + "/" + $0.text) }
    if shards.isEmpty { throw LatentsError.missing(folder: path) }
  }

  /// The names of the shards of a folder in order; none when there is no folder.
  static func shardNames(in folder: String) throws -> [ShardName] {
    do {
      return try ShardFolder(path: folder, kind: .latents).names()
    } catch {
      throw LatentsError.failed(path: folder, reason: plainWords(error))
    }
  }

  /// The clips of a manifest in this folder, after a look at each file: one of the same size and time of change is trusted,
  /// another is hashed. How the numbers are stored does not matter.
  ///
  /// - Parameters:
  ///   - list: which list of the recipe the manifest is.
  ///   - key: what the latents must be of.
  ///   - limits: what a clip may cost; clips that failed under other limits count as changed.
  /// - Throws: `LatentsError.stale`, which lists what has changed; `MachineError` when files cannot be looked at.
  public func clips(
    of manifest: Manifest, _ list: PackedList, _ key: LatentKey, limits: DecodeLimits
  ) throws -> LatentClips {
    let obstacles = Set(shards.compactMap { $0.key.obstacle(to: key) })
    guard obstacles.isEmpty else {
      throw LatentsError.stale(folder: path, changes: obstacles.sorted(), count: obstacles.count)
    }
    var places: [PackedName: LatentClips.Place] = [:]
    for (number, shard) in shards.enumerated() {
      for (index, clip) in shard.clips.enumerated() where clip.name.list == list {
        places[clip.name] = LatentClips.Place(shard: Int32(number), clip: Int32(index))
      }
    }
    let found = manifest.map { places[PackedName(list, $0)] }
    let changes = try keptChanges(of: manifest, limits) { index in
      found[index].map { shards[Int($0.shard)].clips[Int($0.clip)] }
    }
    guard changes.isEmpty else {
      throw LatentsError.stale(
        folder: path, changes: Array(changes.prefix(LatentsError.shown)), count: changes.count)
    }
    return LatentClips(path: path, key: key, shards: shards, places: found.map { $0! })
  }
}

/// The latents of one manifest's clips, found and checked.
public struct LatentClips: Sendable {
  /// Where a clip of the manifest lies.
  struct Place: Sendable {
    let shard: Int32, clip: Int32
  }

  let path: String
  /// What they are of.
  public let key: LatentKey
  let shards: [OpenLatents]
  /// By the clips' places in the manifest.
  let places: [Place]

  /// The latents of a clip.
  /// - Parameter index: what clips are held against, if anything.
  /// - Throws: `BadClip` where reading the clip's file would, `LatentsError` when the shard is not what was written.
  func read(_ entry: ClipEntry, _ index: IndexGuard?) throws -> ClipLatents {
    let shard = shards[Int(places[entry.index].shard)]
    let clip = shard.clips[Int(places[entry.index].clip)]
    if let fault = index?.knownFault(entry) { throw fault }
    if clip.bytes >= 0, let fault = index?.change(of: entry, bytes: clip.bytes, digest: { clip.sha256 }) {
      throw fault
    }
    if let fault = clip.faults?.clip { throw fault.clip(entry) }
    return try shard.latents(of: clip)
  }

  /// Why no pictures can be had.
  var noPictures: LatentsError {
    .unfit(
      reason:
        "The latents in \(path) (data.latents) are numbers without pictures; leave the key out where pictures are looked at."
    )
  }
}
