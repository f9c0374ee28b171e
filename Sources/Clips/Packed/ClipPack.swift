import Files
import Foundation
import Manifests
import Synchronization
import Tensors
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
    ClipPack.allowManyFiles
    shards = try ClipPack.shardNames(in: path).map { try OpenShard(path + "/" + $0) }
    if shards.isEmpty { throw PackError.missing(folder: path) }
  }

  /// Every shard stays open, and systems often let a program open no more than 1024 files unless it asks for
  /// more.
  private static let allowManyFiles: Void = {
    var limit = rlimit()
    guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return }
    limit.rlim_cur = limit.rlim_max
    setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
  }()

  /// The names of the shards of a folder in order; none when there is no folder.
  static func shardNames(in folder: String) throws -> [String] {
    guard FileManager.default.fileExists(atPath: folder) else { return [] }
    do {
      return try FileManager.default.contentsOfDirectory(atPath: folder)
        .filter { PackShard.number(of: $0) != nil }.sorted()
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
    let portion = 64
    let changes = Mutex([(Int, String)]())
    let trouble = Mutex<(any Error)?>(nil)
    parallel(over: manifest.count, tile: portion) { range in
      for index in range where trouble.withLock({ $0 == nil }) {
        let clip = found[index].map { shards[Int($0.shard)].clips[Int($0.clip)] }
        do {
          guard let change = try ClipPack.change(of: manifest[index], since: clip, limits) else { continue }
          changes.withLock { $0.append((index, "\(manifest[index].name) \(change)")) }
        } catch {
          trouble.withLock { $0 = $0 ?? error }
        }
      }
    }
    if let error = trouble.withLock({ $0 }) { throw error }
    let sorted = changes.withLock { $0.sorted { $0.0 < $1.0 }.map(\.1) }
    guard sorted.isEmpty else {
      throw PackError.stale(
        folder: path, changes: Array(sorted.prefix(PackError.shown)), count: sorted.count)
    }
    return PackedClips(shards: shards, places: found.map { $0! })
  }

  /// What has become of a clip since it was packed, in words; nil if it is the same.
  /// - Throws: `MachineError` when that cannot be found out.
  static func change(
    of entry: ClipEntry, since clip: PackedClip?, _ limits: DecodeLimits
  ) throws -> String? {
    try patiently { try changeAtOnce(of: entry, since: clip, limits) }
  }

  private static func changeAtOnce(
    of entry: ClipEntry, since clip: PackedClip?, _ limits: DecodeLimits
  ) throws -> String? {
    guard let clip else { return "is not there" }
    if let faults = clip.faults, faults.limits != limits.words {
      return "could not be read under other limits (\(faults.limits))"
    }
    do {
      let file = try ClipBytes(entry.file, limits: limits)
      if clip.bytes < 0 { return "could not be opened then, and can be now" }
      if file.count != clip.bytes { return "had \(clip.bytes) bytes and has \(file.count)" }
      if file.modified == clip.modified { return nil }
      let digest = try file.digest()
      return digest == clip.sha256
        ? nil : "has other bytes (SHA-256 was \(clip.sha256.prefix(12))…, is \(digest.prefix(12))…)"
    } catch let error as VideoError {
      if let machine = error.machine { throw machine }
      return clip.bytes < 0 ? nil : "cannot be read any more: \(error.reason)"
    }
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
