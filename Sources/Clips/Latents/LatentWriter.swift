import Files
import Foundation
import Manifests
import Synchronization
import Tensors
import Video

/// Encodes the clips of a recipe, or brings a folder of latents up to date.
///
/// Clips are decoded by several threads, a few at a time, and encoded one by one, so that memory holds the pixels of a few
/// clips and the latents of one shard. Shards are written whole, when they are full or after some minutes.
public struct LatentWriter {
  /// One of the lists of clips to encode.
  public struct List: Sendable {
    /// Which list it is.
    public let list: PackedList
    /// Its clips.
    public let manifest: Manifest
    let index: IndexGuard?

    /// The clips of a manifest.
    /// - Parameter index: what training clips are held against.
    public init(_ list: PackedList, _ manifest: Manifest, index: IndexGuard? = nil) {
      (self.list, self.manifest, self.index) = (list, manifest, index)
    }
  }

  /// What became of it.
  public struct Summary: Sendable {
    /// Clips that were encoded now.
    public let encoded: Int
    /// Clips in the folder, and those among them that no sample can be made of.
    public let clips: Int, unusable: Int
    /// The first rows of the training list with such clips, and how many there are.
    public let firstBad: [BadClip], badToTrainOn: Int
    /// Bytes of the folder's shards, and of the pixels that training would read instead.
    public let bytes: Int, pixelBytes: Int
    /// Clips of the recipe that are not there yet: what a stop has left, or other parts have to do.
    public let missing: Int
    /// Whether it was stopped before the end.
    public let isStopped: Bool
  }

  /// The most bytes of latents in a shard.
  public static let shardBytes = 64 << 20
  /// How long a shard is filled, so that no more than that is lost when the machine goes down.
  static let shardTime = Duration.seconds(300)

  let folder: String
  let lists: [List]
  let limits: DecodeLimits
  let encoder: any LatentEncoder
  let key: LatentKey
  let wantedPrecision: Precision?
  let part: FolderPart
  let shardBytes: Int

  /// A writer of some lists into a folder.
  ///
  /// - Parameters:
  ///   - shape: the frames of each clip that are encoded: its first ones, and the middle of them.
  ///   - precision: how the numbers are stored; nil for that of what is there already, or float32.
  ///   - part: which part of the clips it encodes; the others are left to others.
  public init(
    folder: String, lists: [List], shape: ClipShape, encoder: any LatentEncoder, precision: Precision? = nil,
    limits: DecodeLimits, part: FolderPart = .whole
  ) {
    self.init(
      folder: folder, lists: lists, shape: shape, encoder: encoder, precision: precision, limits: limits,
      part: part, shardBytes: Self.shardBytes)
  }

  package init(
    folder: String, lists: [List], shape: ClipShape, encoder: any LatentEncoder, precision: Precision?,
    limits: DecodeLimits, part: FolderPart, shardBytes: Int
  ) {
    (self.folder, self.lists, self.limits, self.encoder) = (folder, lists, limits, encoder)
    (wantedPrecision, self.part, self.shardBytes) = (precision, part, shardBytes)
    key = LatentKey(shape, encoder)
  }

  var shards: ShardFolder { ShardFolder(path: folder, kind: .latents) }

  /// Encodes what remains. Shards that are out of date go first.
  /// - Parameters:
  ///   - threads: how many decode.
  ///   - shouldStop: asked before each few clips; what was encoded until then is written.
  ///   - progress: gets the share of clips done.
  /// - Throws: `LatentsError`, `MachineError`; shards written before stay.
  public func run(
    _ plan: Plan, threads: Int, shouldStop: () -> Bool, progress: (Double) -> Void
  ) throws -> Summary {
    for path in try plan.obsolete + shards.leftovers(of: part) {
      // Another process that encodes another part may have been quicker.
      guard unlink(path) == 0 || errno == ENOENT else {
        throw LatentsError.failed(path: path, reason: systemWords(errno))
      }
    }
    var shelf = try LatentShelf(folder: shards, part: part, key: key, precision: plan.precision)
    var done = 0
    while done < plan.work.count, !shouldStop() {
      let places = plan.work[done..<min(plan.work.count, done + max(1, threads))]
      for var content in try decoded(Array(places)) {
        try content.encode(encoder, key, plan.precision)
        try shelf.add(content, shardBytes: shardBytes, time: Self.shardTime)
        done += 1
        progress(Double(done) / Double(plan.work.count))
        if shouldStop() { break }
      }
    }
    try shelf.write()
    return try summary(plan, encoded: done)
  }

  /// The pixels of some clips, each decoded by a thread of its own.
  private func decoded(_ places: [WantedClips.Place]) throws -> [LatentContent] {
    let results = Mutex([Result<LatentContent, any Error>?](repeating: nil, count: places.count))
    let (lists, shape, limits) = (lists, key.transform.shape, limits)
    DispatchQueue.concurrentPerform(iterations: places.count) { index in
      let (list, entry) = (lists[places[index].list], places[index].entry)
      let result = Result {
        try patiently { try LatentContent(of: list.manifest[entry], list.list, shape, limits) }
      }
      results.withLock { $0[index] = result }
    }
    return try results.withLock { try $0.map { try $0!.get() } }
  }
}
