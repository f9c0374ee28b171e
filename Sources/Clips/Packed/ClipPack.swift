import Files
import Foundation
import Manifests
import Video

/// A folder of packed clips, opened.
public struct ClipPack: Sendable {
  /// The folder.
  public let path: String
  let shards: [OpenShard]

  /// Opens all shards of a folder and reads what they say of their clips.
  /// - Throws: `PackError` when there are none, or one is damaged.
  public init(_ path: String) throws {
    self.path = path
    manyOpenFiles
    shards = try ClipPack.shardNames(in: path).map { try OpenShard(path + "/" + $0.text) }
    if shards.isEmpty { throw PackError.missing(folder: path) }
  }

  /// The names of the shards of a folder in order; none when there is no folder.
  static func shardNames(in folder: String) throws -> [ShardName] {
    do {
      return try ShardFolder(path: folder, kind: .clips).names()
    } catch {
      throw PackError.failed(path: folder, reason: plainWords(error))
    }
  }

  /// The clips of a manifest in this pack, after a look at each file: one of the same size and time of change
  /// is trusted, another is hashed.
  ///
  /// - Parameters:
  ///   - list: which list of the recipe the manifest is.
  ///   - transform: what the samples need.
  ///   - limits: what a clip may cost; clips that failed under other limits count as changed.
  /// - Throws: `PackError.stale`, which lists what has changed; `MachineError` when files cannot be looked at.
  public func clips(
    of manifest: Manifest, _ list: PackedList, _ transform: PackTransform, limits: DecodeLimits
  ) throws -> PackedClips {
    let obstacles = Set(
      shards.compactMap { shard in
        shard.transforms[list].map { $0.obstacle(to: transform) }
          ?? "it holds no clips of data.\(list.rawValue)"
      }.compactMap(\.self))
    guard obstacles.isEmpty else {
      throw PackError.stale(folder: path, changes: obstacles.sorted(), count: obstacles.count)
    }
    var places: [PackedName: PackedClips.Place] = [:]
    for (number, shard) in shards.enumerated() {
      for (index, clip) in shard.clips.enumerated() where clip.name.list == list {
        places[clip.name] = PackedClips.Place(shard: Int32(number), clip: Int32(index))
      }
    }
    let found = manifest.map { places[PackedName(list, $0)] }
    let changes = try keptChanges(of: manifest, limits) { index in
      found[index].map { shards[Int($0.shard)].clips[Int($0.clip)] }
    }
    guard changes.isEmpty else {
      throw PackError.stale(
        folder: path, changes: Array(changes.prefix(PackError.shown)), count: changes.count)
    }
    return PackedClips(shards: shards, places: found.map { $0! })
  }
}

/// The clips of one manifest in a pack, found and checked.
public struct PackedClips: Sendable {
  /// Where a clip of the manifest lies.
  struct Place: Sendable {
    let shard: Int32, clip: Int32
  }

  let shards: [OpenShard]
  /// By the clips' places in the manifest.
  let places: [Place]

  func open(_ entry: ClipEntry) -> PackedSource {
    let place = places[entry.index]
    let shard = shards[Int(place.shard)]
    return PackedSource(entry: entry, clip: shard.clips[Int(place.clip)], shard: shard)
  }
}
