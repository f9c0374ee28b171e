import Files
import Foundation
import Manifests
import Tensors
import Video

/// What there is to do, what it takes, and what came of it.
extension LatentWriter {
  /// What there is to do.
  public struct Plan: Sendable {
    /// Where a clip stands: which list, and its place there.
    struct Place: Sendable {
      let list: Int, entry: Int
    }

    /// Clips of the part, each piece counted once.
    public let clips: Int
    /// Those whose latents stay as they are.
    public let kept: Int
    /// Shards that are out of date: of other clips, other weights or another transform.
    public var replaced: Int { obsolete.count }
    /// How the numbers are stored.
    public let precision: Precision
    let work: [Place]
    let obsolete: [String]

    /// Clips that are to be encoded.
    public var remaining: Int { work.count }
  }

  /// All clips, each piece once, in the order of the lists.
  private func wanted() -> (order: [PackedName], places: [PackedName: Plan.Place]) {
    var (order, places) = ([PackedName](), [PackedName: Plan.Place]())
    for (number, list) in lists.enumerated() {
      for entry in list.manifest {
        let name = PackedName(list.list, entry)
        if places.updateValue(.init(list: number, entry: entry.index), forKey: name) == nil {
          order.append(name)
        }
      }
    }
    return (order, places)
  }

  /// Looks at what is there. A shard is kept when it is of the same key, and all its clips are wanted and have not changed.
  public func plan() throws -> Plan {
    let (order, places) = wanted()
    var (obsolete, fitting) = ([String](), [(path: String, shard: OpenLatents)]())
    for name in try LatentStore.shardNames(in: folder) {
      let path = folder + "/" + name
      do {
        let shard = try OpenLatents(path)
        if try isCurrent(shard, places) { fitting.append((path, shard)) } else { obsolete.append(path) }
      } catch LatentsError.damaged {
        obsolete.append(path)
      } catch LatentsError.failed where !FileManager.default.fileExists(atPath: path) {
        continue  // Another process has replaced it.
      }
    }
    let precision = wantedPrecision ?? fitting.first?.shard.precision ?? .float32
    var kept: Set<PackedName> = []
    for (path, shard) in fitting {
      let names = shard.clips.map(\.name)
      if shard.precision == precision, kept.isDisjoint(with: names) {
        kept.formUnion(names)
      } else {
        obsolete.append(path)
      }
    }
    let own = order[(part.number - 1) * order.count / part.count..<part.number * order.count / part.count]
    let work = own.filter { !kept.contains($0) }
    return Plan(
      clips: own.count, kept: own.count - work.count, precision: precision, work: work.map { places[$0]! },
      obsolete: obsolete)
  }

  private func isCurrent(_ shard: OpenLatents, _ places: [PackedName: Plan.Place]) throws -> Bool {
    guard shard.key == key else { return false }
    for clip in shard.clips {
      guard let place = places[clip.name],
        try keptChange(of: lists[place.list].manifest[place.entry], since: clip, limits) == nil
      else { return false }
    }
    return true
  }

  /// Throws `LatentsError.diskFull` unless the disk has room for what remains, and a twentieth more.
  public func requireSpace(for plan: Plan) throws {
    let needed = Int(1.05 * Double(plan.work.count * (key.count * plan.precision.bytes + 256)))
    // The file system is asked again before each shard, so one that does not say is no reason to stop.
    guard let free = try? Disk.real.freeBytes(folder) else { return }
    let freed = plan.obsolete.reduce(0) { $0 + fileSize($1) }
    if free + freed < needed { throw LatentsError.diskFull(path: folder, needed: needed, free: free) }
  }

  /// What a writer of the same part that was killed has left.
  func leftovers() throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder)
      .filter { name in
        guard name.hasSuffix(PartialFile.ending),
          let place = LatentShard.place(of: String(name.dropLast(PartialFile.ending.count)))
        else { return false }
        return place.part == part
      }.map { folder + "/" + $0 }
  }

  func summary(_ plan: Plan, encoded: Int) throws -> Summary {
    let store = try? LatentStore(folder)
    var clips: [PackedName: LatentClip] = [:]
    for clip in store?.shards.flatMap(\.clips) ?? [] { clips[clip.name] = clip }
    let (order, places) = wanted()
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
      bytes: store?.shards.reduce(0) { $0 + $1.byteCount } ?? 0,
      pixelBytes: readable * key.transform.shape.count,
      missing: order.count { clips[$0] == nil && places[$0] != nil }, isStopped: encoded < plan.work.count)
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
