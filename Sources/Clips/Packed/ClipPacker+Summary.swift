import Files
import Manifests
import Video

/// What came of packing.
extension ClipPacker {
  /// What became of it.
  public struct Summary: Sendable {
    /// Clips in the pack, and those among them that no sample can be made of.
    public let clips: Int, unusable: Int
    /// The first rows of the training list with such clips, and how many there are.
    public let firstBad: [BadClip], badToTrainOn: Int
    /// Bytes of the pack, and of the clips that are in it.
    public let bytes: Int, clipBytes: Int
    /// Clips of the recipe that are not there yet: what a stop has left, or other parts have to do.
    public let missing: Int
    /// Whether it was stopped before the end.
    public let isStopped: Bool
  }

  func summary(_ plan: Plan, isStopped: Bool) throws -> Summary {
    let wanted = wanted
    var (clips, bytes) = ([PackedName: PackedClip](), 0)
    for name in try ClipPack.shardNames(in: folder) {
      guard let shard = try opened(name) else { continue }
      // The other part may have made it anew by now.
      if plan.leftToOthers.contains(name), try !isCurrent(shard, wanted) { continue }
      for clip in shard.clips { clips[clip.name] = clip }
      bytes += shard.byteCount
    }
    var files: [String: Int] = [:]
    for clip in clips.values { files["\(clip.name.list) \(clip.name.name)"] = max(0, clip.bytes) }
    let faults = clips.compactMapValues(fault)
    // A run counts rows of its manifest, which may name a clip more than once.
    let bad = lists.first { $0.list == .train }.map { train in
      train.manifest.compactMap { faults[PackedName(.train, $0)] ?? train.index?.knownFault($0) }
    }
    return Summary(
      clips: clips.count, unusable: faults.count, firstBad: Array((bad ?? []).prefix(BadClipsError.shown)),
      badToTrainOn: bad?.count ?? 0, bytes: bytes, clipBytes: files.values.reduce(0, +),
      missing: wanted.names.count { clips[$0] == nil }, isStopped: isStopped)
  }

  /// Why no sample can be made of a packed clip, as training will find.
  private func fault(of clip: PackedClip) -> BadClip? {
    let entry = ClipEntry(
      index: 0, file: ClipFile(path: clip.name.name), name: clip.name.name, caption: "",
      start: clip.name.start,
      end: clip.name.end)
    if let fault = clip.faults?.clip { return fault.clip(entry) }
    guard let list = lists.first(where: { $0.list == clip.name.list }), let facts = clip.facts else {
      return nil
    }
    return list.index?.change(of: entry, bytes: clip.bytes) { clip.sha256 }
      ?? ClipRule(list.transform.shape, limits).fault(of: entry, facts)
  }
}
