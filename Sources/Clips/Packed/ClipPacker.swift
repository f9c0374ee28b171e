import Files
import Foundation
import Manifests
import Synchronization
import Video

/// Makes the pack of a recipe, or brings one up to date.
///
/// Clips are decoded by several threads, each with one clip in hand, and gathered in memory until they fill a
/// shard, which is then written whole. So memory holds the pixels of one shard, twice while it is put
/// together, and a clip for each thread.
public final class ClipPacker: Sendable {
  /// One of the lists of clips to pack.
  public struct List: Sendable {
    /// Which list it is.
    public let list: PackedList
    /// Its clips.
    public let manifest: Manifest
    let transform: PackTransform
    let index: IndexGuard?

    /// The clips of a manifest, as samples need them.
    /// - Parameter index: what training clips are held against.
    public init(
      _ list: PackedList, _ manifest: Manifest, _ transform: PackTransform, index: IndexGuard? = nil
    ) {
      (self.list, self.manifest, self.transform, self.index) = (list, manifest, transform, index)
    }
  }

  /// What there is to do.
  public struct Plan: Sendable {
    /// Clips, each piece counted once.
    public let clips: Int
    /// Clips whose shards stay as they are.
    public let kept: Int
    let work: [(list: Int, entry: Int)]
    let obsolete: [String]

    /// Clips that are to be decoded.
    public var remaining: Int { work.count }
  }

  /// What became of it.
  public struct Summary: Sendable {
    /// Clips in the pack, and those among them that no sample can be made of.
    public let clips: Int, unusable: Int
    /// The first rows of the training list with such clips, and how many there are.
    public let firstBad: [BadClip], badToTrainOn: Int
    /// Bytes of the pack, and of the clips that are in it.
    public let bytes: Int, clipBytes: Int
    /// Whether it was stopped before the end.
    public let isStopped: Bool
  }

  /// The most bytes of pixels in a shard.
  public static let shardBytes = 256 << 20

  let folder: String
  let lists: [List]
  let limits: DecodeLimits
  let shardBytes: Int

  /// A packer of some lists into a folder.
  public convenience init(folder: String, lists: [List], limits: DecodeLimits) {
    self.init(folder: folder, lists: lists, limits: limits, shardBytes: Self.shardBytes)
  }

  init(folder: String, lists: [List], limits: DecodeLimits, shardBytes: Int) {
    (self.folder, self.lists, self.limits, self.shardBytes) = (folder, lists, limits, shardBytes)
  }

  var transforms: [PackedList: PackTransform] {
    Dictionary(uniqueKeysWithValues: lists.map { ($0.list, $0.transform) })
  }

  /// Packs what remains. Shards that are out of date go first.
  /// - Parameters:
  ///   - threads: how many decode.
  ///   - shouldStop: asked before each clip; what was packed until then is written.
  ///   - progress: gets the share of clips done, from one thread at a time.
  /// - Throws: `PackError`, `MachineError`; shards written before stay.
  public func run(
    _ plan: Plan, threads: Int, shouldStop: @escaping @Sendable () -> Bool,
    progress: @escaping @Sendable (Double) -> Void
  ) throws -> Summary {
    for path in try plan.obsolete + leftovers() {
      guard unlink(path) == 0 else {
        throw PackError.failed(path: path, reason: systemWords(errno))
      }
    }
    let shelf = try PackShelf(folder: folder, transforms: transforms, shardBytes: shardBytes)
    let next = Atomic(0)
    let failure = Mutex<(any Error)?>(nil)
    DispatchQueue.concurrentPerform(iterations: max(1, threads)) { _ in
      do {
        while failure.withLock({ $0 == nil }), !shouldStop() {
          let place = next.add(1, ordering: .relaxed).oldValue
          guard place < plan.work.count else { return }
          let done = try shelf.add(content(plan.work[place]))
          failure.withLock { _ in progress(Double(done) / Double(plan.work.count)) }
        }
      } catch {
        failure.withLock { $0 = $0 ?? error }
      }
    }
    if let error = failure.withLock({ $0 }) { throw error }
    try shelf.write()
    return try summary(isStopped: shelf.count < plan.work.count)
  }

  /// What a pack that was killed has left.
  private func leftovers() throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder)
      .filter { name in
        let ending = PartialFile.ending
        return name.hasSuffix(ending) && PackShard.number(of: String(name.dropLast(ending.count))) != nil
      }.map { folder + "/" + $0 }
  }

  func content(_ place: (list: Int, entry: Int)) throws -> PackedContent {
    let list = lists[place.list]
    return try patiently {
      try PackedContent(
        of: list.manifest[place.entry], list.list, list.transform, limits: limits, room: shardBytes)
    }
  }

  private func summary(isStopped: Bool) throws -> Summary {
    var (clips, unusable, bytes) = (0, 0, 0)
    var faults: [PackedName: BadClip] = [:]
    var files: [String: Int] = [:]
    for name in try ClipPack.shardNames(in: folder) {
      let shard = try OpenShard(folder + "/" + name)
      bytes += shard.byteCount
      clips += shard.clips.count
      for clip in shard.clips {
        files["\(clip.name.list) \(clip.name.name)"] = max(0, clip.bytes)
        guard let fault = fault(of: clip) else { continue }
        unusable += 1
        faults[clip.name] = fault
      }
    }
    // A run counts rows of its manifest, which may name a clip more than once.
    let bad = lists.first { $0.list == .train }.map { train in
      train.manifest.compactMap { faults[PackedName(.train, $0)] ?? train.index?.knownFault($0) }
    }
    return Summary(
      clips: clips, unusable: unusable, firstBad: Array((bad ?? []).prefix(BadClipsError.shown)),
      badToTrainOn: bad?.count ?? 0, bytes: bytes,
      clipBytes: files.values.reduce(0, +), isStopped: isStopped)
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
