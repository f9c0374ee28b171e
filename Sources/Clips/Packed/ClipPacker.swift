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
    /// Clips of the part, each piece counted once.
    public let clips: Int
    /// Those whose shards stay as they are.
    public let kept: Int
    let work: [WantedClips.Place]
    let obsolete: [String]
    /// Shards that are out of date as well, and which another part is to make anew.
    let leftToOthers: Set<ShardName>

    /// Clips that are to be decoded.
    public var remaining: Int { work.count }
  }

  /// The most bytes of pixels in a shard.
  public static let shardBytes = 256 << 20

  let folder: String
  let lists: [List]
  let limits: DecodeLimits
  let part: FolderPart
  let shardBytes: Int

  /// A packer of some lists into a folder.
  /// - Parameter part: which part of the clips it packs; the others are left to others.
  public convenience init(
    folder: String, lists: [List], limits: DecodeLimits, part: FolderPart = .whole
  ) {
    self.init(folder: folder, lists: lists, limits: limits, part: part, shardBytes: Self.shardBytes)
  }

  init(folder: String, lists: [List], limits: DecodeLimits, part: FolderPart = .whole, shardBytes: Int) {
    (self.folder, self.lists, self.limits, self.shardBytes) = (folder, lists, limits, shardBytes)
    self.part = part
  }

  var shards: ShardFolder { ShardFolder(path: folder, kind: .clips) }

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
    for path in try plan.obsolete + shards.leftovers(of: part) {
      // Another process that packs another part may have been quicker.
      guard unlink(path) == 0 || errno == ENOENT else {
        throw PackError.failed(path: path, reason: systemWords(errno))
      }
    }
    let shelf = try PackShelf(folder: shards, part: part, transforms: transforms, shardBytes: shardBytes)
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
    return try summary(plan, isStopped: shelf.count < plan.work.count)
  }

  func content(_ place: WantedClips.Place) throws -> PackedContent {
    let list = lists[place.list]
    return try patiently {
      try PackedContent(
        of: list.manifest[place.entry], list.list, list.transform, limits: limits, room: shardBytes)
    }
  }
}
