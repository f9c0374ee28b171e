import Files
import Foundation
import Manifests
import Tensors
import Video

/// What there is to do, what it takes, and what came of it.
extension LatentWriter {
  /// What there is to do.
  public struct Plan: Sendable {
    /// Clips of the part, each piece counted once.
    public let clips: Int
    /// Those whose latents stay as they are.
    public let kept: Int
    /// Shards that are out of date: of other clips, other weights or another transform.
    public var replaced: Int { obsolete.count }
    /// How the numbers are stored.
    public let precision: Precision
    let work: [WantedClips.Place]
    let obsolete: [String]
    /// Shards that are out of date as well, and which another part is to make anew.
    let leftToOthers: Set<ShardName>

    /// Clips that are to be encoded.
    public var remaining: Int { work.count }
  }

  private var wanted: WantedClips { WantedClips(lists.map { ($0.list, $0.manifest) }) }

  /// Looks at what is there. A shard is kept when it is of the same key, and all its clips are wanted and have not changed.
  public func plan() throws -> Plan {
    let wanted = wanted
    var (outdated, fitting) = ([ShardName](), [(name: ShardName, shard: OpenLatents)]())
    for name in try LatentStore.shardNames(in: folder) {
      if let shard = try opened(name), try isCurrent(shard, wanted) {
        fitting.append((name, shard))
      } else {
        outdated.append(name)
      }
    }
    let precision = wantedPrecision ?? fitting.first?.shard.precision ?? .float32
    var kept: Set<PackedName> = []
    for (name, shard) in fitting {
      let clips = shard.clips.map(\.name)
      if shard.precision == precision, kept.isDisjoint(with: clips) {
        kept.formUnion(clips)
      } else {
        outdated.append(name)
      }
    }
    let (clips, work) = wanted.work(of: part, kept: kept)
    return Plan(
      clips: clips, kept: clips - work.count, precision: precision, work: work,
      obsolete: outdated.filter { $0.mayBeRemoved(by: part) }.map(shards.path),
      leftToOthers: Set(outdated.filter { !$0.mayBeRemoved(by: part) }))
  }

  /// A shard; nil when it is damaged, or another process has removed it.
  private func opened(_ name: ShardName) throws -> OpenLatents? {
    let path = shards.path(of: name)
    do {
      return try OpenLatents(path)
    } catch LatentsError.damaged {
      return nil
    } catch LatentsError.failed where !FileManager.default.fileExists(atPath: path) {
      return nil
    }
  }

  private func isCurrent(_ shard: OpenLatents, _ wanted: WantedClips) throws -> Bool {
    try shard.key == key && wanted.includes(shard.clips, limits)
  }

  /// Throws `LatentsError.diskFull` unless the disk has room for what remains, and a twentieth more.
  public func requireSpace(for plan: Plan) throws {
    let needed = Int(1.05 * Double(plan.work.count * (key.count * plan.precision.bytes + 256)))
    // The file system is asked again before each shard, so one that does not say is no reason to stop.
    guard let free = try? Disk.real.freeBytes(folder) else { return }
    let freed = plan.obsolete.reduce(0) { $0 + fileSize($1) }
    if free + freed < needed { throw LatentsError.diskFull(path: folder, needed: needed, free: free) }
  }

  func summary(_ plan: Plan, encoded: Int) throws -> Summary {
    let wanted = wanted
    var (clips, bytes) = ([PackedName: LatentClip](), 0)
    for name in try LatentStore.shardNames(in: folder) {
      guard let shard = try opened(name) else { continue }
      // The other part may have made it anew by now.
      if plan.leftToOthers.contains(name), try !isCurrent(shard, wanted) { continue }
      for clip in shard.clips { clips[clip.name] = clip }
      bytes += shard.byteCount
    }
    let unusable = clips.values.count { fault(of: $0) != nil }
    // A run counts rows of its manifest, which may name a clip more than once.
    let bad = lists.first { $0.list == .train }.map { train in
      train.manifest.compactMap { entry in
        clips[PackedName(.train, entry)].flatMap(fault) ?? train.index?.knownFault(entry)
      }
    }
    let readable = clips.values.count { $0.row != nil }
    return Summary(
      encoded: encoded, clips: clips.count, unusable: unusable,
      firstBad: Array((bad ?? []).prefix(BadClipsError.shown)), badToTrainOn: bad?.count ?? 0,
      bytes: bytes, pixelBytes: readable * key.transform.shape.count,
      missing: wanted.names.count { clips[$0] == nil }, isStopped: encoded < plan.work.count)
  }

  /// Why no sample can be made of a clip, as training will find.
  private func fault(of clip: LatentClip) -> BadClip? {
    guard let list = lists.first(where: { $0.list == clip.name.list }) else { return nil }
    let entry = ClipEntry(
      index: 0, file: ClipFile(path: clip.name.name), name: clip.name.name, caption: "",
      start: clip.name.start, end: clip.name.end)
    return clip.faults?.clip?.clip(entry)
      ?? list.index?.change(of: entry, bytes: clip.bytes) { clip.sha256 }
  }
}
