import Files
import Foundation
import Manifests

/// What there is to do, and how much room it takes.
extension ClipPacker {
  /// Looks at what is there. A shard is kept when all its clips are wanted and have not changed.
  public func plan() throws -> Plan {
    var wanted: [PackedName: (list: Int, entry: Int)] = [:]
    var order: [PackedName] = []
    for (number, list) in lists.enumerated() {
      for entry in list.manifest {
        let name = PackedName(list.list, entry)
        if wanted.updateValue((number, entry.index), forKey: name) == nil { order.append(name) }
      }
    }
    var obsolete: [String] = []
    var kept: Set<PackedName> = []
    for name in try ClipPack.shardNames(in: folder) {
      let path = folder + "/" + name
      if let clips = try keptClips(of: path, wanted), kept.isDisjoint(with: clips) {
        kept.formUnion(clips)
      } else {
        obsolete.append(path)
      }
    }
    return Plan(
      clips: order.count, kept: kept.count,
      work: order.filter { !kept.contains($0) }.map { wanted[$0]! }, obsolete: obsolete)
  }

  /// The clips of a shard when it can stay.
  private func keptClips(
    of path: String, _ wanted: [PackedName: (list: Int, entry: Int)]
  ) throws -> [PackedName]? {
    let shard: OpenShard
    do {
      shard = try OpenShard(path)
    } catch PackError.damaged {
      return nil
    }
    guard shard.transforms == transforms else { return nil }
    for clip in shard.clips {
      guard let place = wanted[clip.name],
        try keptChange(of: lists[place.list].manifest[place.entry], since: clip, limits) == nil
      else { return nil }
    }
    return shard.clips.map(\.name)
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
    func weight(_ place: (list: Int, entry: Int)) -> Double {
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
