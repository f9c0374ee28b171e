import Files
import Foundation
import HDF5
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
    let list: PackedList
    let manifest: Manifest
    let transform: PackTransform

    /// The clips of a manifest, as samples need them.
    public init(_ list: PackedList, _ manifest: Manifest, _ transform: PackTransform) {
      (self.list, self.manifest, self.transform) = (list, manifest, transform)
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
    /// Clips in the pack, and those among them that could not be read.
    public let clips: Int, unreadable: Int
    /// Bytes of the pack, and of the clips that are in it.
    public let bytes: Int, clipBytes: Int
    /// Whether it was stopped before the end.
    public let isStopped: Bool
  }

  /// The most bytes of pixels in a shard.
  public static let shardBytes = 256 << 20

  private let folder: String
  private let lists: [List]
  private let limits: DecodeLimits
  private let shardBytes: Int

  /// A packer of some lists into a folder.
  public convenience init(folder: String, lists: [List], limits: DecodeLimits) {
    self.init(folder: folder, lists: lists, limits: limits, shardBytes: Self.shardBytes)
  }

  init(folder: String, lists: [List], limits: DecodeLimits, shardBytes: Int) {
    (self.folder, self.lists, self.limits, self.shardBytes) = (folder, lists, limits, shardBytes)
  }

  private var transforms: [PackedList: PackTransform] {
    Dictionary(uniqueKeysWithValues: lists.map { ($0.list, $0.transform) })
  }

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
        ClipPack.change(of: lists[place.list].manifest[place.entry], since: clip, limits) == nil
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

  /// Packs what remains. Shards that are out of date go first.
  /// - Parameters:
  ///   - threads: how many decode.
  ///   - shouldStop: asked before each clip; what was packed until then is written.
  ///   - progress: gets the share of clips done, from one thread at a time.
  /// - Throws: `PackError`; shards written before stay.
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

  private func content(_ place: (list: Int, entry: Int)) throws -> PackedContent {
    let list = lists[place.list]
    return try PackedContent(
      of: list.manifest[place.entry], list.list, list.transform, limits: limits, room: shardBytes)
  }

  private func summary(isStopped: Bool) throws -> Summary {
    var (clips, unreadable, bytes) = (0, 0, 0)
    var files: [String: Int] = [:]
    for name in try ClipPack.shardNames(in: folder) {
      let shard = try OpenShard(folder + "/" + name)
      bytes += shard.byteCount
      clips += shard.clips.count
      unreadable += shard.clips.count { $0.faults?.clip != nil }
      for clip in shard.clips { files["\(clip.name.list) \(clip.name.name)"] = max(0, clip.bytes) }
    }
    return Summary(
      clips: clips, unreadable: unreadable, bytes: bytes, clipBytes: files.values.reduce(0, +),
      isStopped: isStopped)
  }
}

/// The size of a file in bytes, 0 when it cannot be looked at.
private func fileSize(_ path: String) -> Int {
  var status = stat()
  return stat(path, &status) == 0 ? Int(status.st_size) : 0
}

/// The clips that wait for their shard to be full.
private final class PackShelf: @unchecked Sendable {
  private let folder: String
  private let transforms: [PackedList: PackTransform]
  private let shardBytes: Int
  private let lock = NSLock()
  // All below is guarded by the lock, which is held while a shard is written: nobody decodes ahead of the disk.
  private var contents: [PackedContent] = []
  private var waiting = 0
  private var number: Int
  private(set) var count = 0

  init(folder: String, transforms: [PackedList: PackTransform], shardBytes: Int) throws {
    (self.folder, self.transforms, self.shardBytes) = (folder, transforms, shardBytes)
    number = try ClipPack.shardNames(in: folder).compactMap(PackShard.number).max().map { $0 + 1 } ?? 0
  }

  /// Takes a clip, and writes a shard when it would be more than full; says how many clips there were so far.
  func add(_ content: PackedContent) throws -> Int {
    try lock.withLock {
      let size = content.pixels.count
      if waiting + size > shardBytes { try writeShard() }
      contents.append(content)
      waiting += size
      count += 1
      return count
    }
  }

  /// Writes what is left.
  func write() throws { try lock.withLock { try writeShard() } }

  private func writeShard() throws {
    if contents.isEmpty { return }
    let path = folder + "/" + PackShard.name(number)
    let image: FileImage
    do {
      image = try PackShard.image(of: &contents, transforms)
    } catch let failure as HDF5.Failure {
      throw PackError.failed(path: path, reason: failure.description)
    }
    (contents, waiting) = ([], 0)
    do throws(WholeFile.Failure) {
      try WholeFile.write(UnsafeRawBufferPointer(image.bytes), to: path)
    } catch {
      switch error {
      case .diskFull(let needed, let free): throw PackError.diskFull(path: path, needed: needed, free: free)
      case .cannotCreate(let reason): throw PackError.cannotCreate(path: path, reason: reason)
      case .failed(let reason): throw PackError.failed(path: path, reason: reason)
      }
    }
    number += 1
  }
}
