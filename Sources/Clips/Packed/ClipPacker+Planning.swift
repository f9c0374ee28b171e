import Files
import Foundation
import Manifests

/// What there is to do, and how much room it takes.
extension ClipPacker {
  var wanted: WantedClips { WantedClips(lists.map { ($0.list, $0.manifest) }) }

  /// Looks at what is there. A shard is kept when all its clips are wanted and have not changed.
  public func plan() throws -> Plan {
    let wanted = wanted
    var outdated: [ShardName] = []
    var kept: Set<PackedName> = []
    for name in try ClipPack.shardNames(in: folder) {
      if let shard = try opened(name), kept.isDisjoint(with: shard.clips.map(\.name)),
        try isCurrent(shard, wanted)
      {
        kept.formUnion(shard.clips.map(\.name))
      } else {
        outdated.append(name)
      }
    }
    let (clips, work) = wanted.work(of: part, kept: kept)
    return Plan(
      clips: clips, kept: clips - work.count, work: work,
      obsolete: outdated.filter { $0.mayBeRemoved(by: part) }.map(shards.path),
      leftToOthers: Set(outdated.filter { !$0.mayBeRemoved(by: part) }))
  }

  /// A shard; nil when it is damaged, or another process has removed it.
  func opened(_ name: ShardName) throws -> OpenShard? {
    let path = shards.path(of: name)
    do {
      return try OpenShard(path)
    } catch PackError.damaged {
      return nil
    } catch PackError.failed where !FileManager.default.fileExists(atPath: path) {
      return nil
    }
  }

  func isCurrent(_ shard: OpenShard, _ wanted: WantedClips) throws -> Bool {
    try shard.transforms == transforms && wanted.includes(shard.clips, limits)
  }

  /// Throws `PackError.diskFull` unless the disk has room for about what the rest of the pack takes.
  public func requireSpace(for plan: Plan) throws {
    let needed = try estimate(plan)
    // The file system is asked again before each shard, so one that does not say is no reason to stop.
    guard let free = try? Disk.real.freeBytes(folder) else { return }
    let freed = plan.obsolete.reduce(0) { $0 + fileSize($1) }
    if free + freed < needed { throw PackError.diskFull(path: folder, needed: needed, free: free) }
  }

  /// About how many bytes the rest of the pack takes, from clips spread evenly over it, and a twentieth more.
  ///
  /// Where all frames are kept, clips are taken to grow in proportion to their files; where one window is,
  /// they are taken to be alike.
  func estimate(_ plan: Plan) throws -> Int {
    func weight(_ place: WantedClips.Place) -> Double {
      let list = lists[place.list]
      guard list.transform.start == .random else { return 1 }
      let file = list.manifest[place.entry].file
      return Double(file.member?.count ?? fileSize(file.path))
    }
    var (bytes, sampled) = (0.0, 0.0)
    for place in stride(from: 0, to: plan.work.count, by: max(1, plan.work.count / Self.sampled)) {
      bytes += Double(try content(plan.work[place]).pixels.count)
      sampled += weight(plan.work[place])
    }
    guard sampled > 0 else { return 0 }
    return Int(1.05 * bytes / sampled * plan.work.reduce(0) { $0 + weight($1) })
  }

  /// The clips that an estimate decodes, about.
  private static let sampled = 12
}

/// The size of a file in bytes, 0 when it cannot be looked at.
func fileSize(_ path: String) -> Int {
  var status = stat()
  return stat(path, &status) == 0 ? Int(status.st_size) : 0
}
