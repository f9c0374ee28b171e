import Manifests
import Video

/// Batches of clips for training, decoded ahead by threads of its own.
///
/// Which clips a step gets, where they start and how they are cropped is a pure function of seed and step: any number
/// of threads, any cache, and a run that resumes at a step give the same batches. A clip that cannot be read is set
/// aside, and another stands in for it.
///
/// Where several processes share a run, each reads its share of every step. What they find unreadable counts for none of
/// them until all know: between two steps each takes what it found (`takeFound`), tells the others, and all note the same
/// (`note`).
public final class BatchLoader: Sendable {
  /// The clips that batches are drawn from.
  public let manifest: Manifest
  private let maker: BatchMaker
  private let ring: BatchRing

  /// Starts reading ahead clips of one shape, every clip as often as any other.
  ///
  /// - Parameters:
  ///   - batch: B, the clips of a step.
  ///   - classes: the class of each clip of the manifest, in its order, if each class is to be shown as often as any
  ///     other; nil shows each clip as often.
  ///   - others: as below.
  public convenience init(
    _ manifest: Manifest, shape: ClipShape, batch: Int, classes: [Int]? = nil, share: BatchShare = .all,
    seed: UInt64, startStep: Int = 0,
    start: StartChoice = .random, crop: CropChoice = .centre, source: ClipSource = .files(.standard),
    index: IndexGuard? = nil,
    workers: Int = 1, ahead: Int = 4,
    cacheMegabytes: Int = 512, badClipTolerance: Double = 0.05, quarantinePath: String? = nil
  ) {
    self.init(
      manifest,
      order: BatchOrder(count: manifest.count, shape: shape, batch: batch, classes: classes, seed: seed),
      share: share, seed: seed, startStep: startStep, start: start, crop: crop, source: source, index: index,
      workers: workers, ahead: ahead, cacheMegabytes: cacheMegabytes, badClipTolerance: badClipTolerance,
      quarantinePath: quarantinePath)
  }

  /// Starts reading ahead.
  ///
  /// - Parameters:
  ///   - order: which clips each step has, in which shape.
  ///   - share: which of a step's clips this process reads; those of every shape make equal units.
  ///   - seed: the run's seed.
  ///   - startStep: the first step that `next()` gives.
  ///   - source: where the pictures come from; it does not change them.
  ///   - index: what clips are held against when they are first used, if anything.
  ///   - workers: how many threads decode; each makes a whole batch at a time.
  ///   - ahead: how many batches are kept ready at most.
  ///   - cacheMegabytes: how many megabytes (2²⁰ bytes) of decoded clips to keep; only windows that come again are kept.
  ///   - badClipTolerance: the share of the manifest's clips that may be unreadable before `next()` throws; 1 tolerates
  ///     all but the last.
  ///   - quarantinePath: the file of JSON lines in which unreadable clips are listed; nil for none. Of several processes
  ///     that share a run one has it.
  public init(
    _ manifest: Manifest, order: BatchOrder, share: BatchShare = .all, seed: UInt64, startStep: Int = 0,
    start: StartChoice = .random, crop: CropChoice = .centre, source: ClipSource = .files(.standard),
    index: IndexGuard? = nil,
    workers: Int = 1, ahead: Int = 4,
    cacheMegabytes: Int = 512, badClipTolerance: Double = 0.05, quarantinePath: String? = nil
  ) {
    precondition(workers > 0 && ahead > 0, "workers and ahead must be positive")
    precondition(startStep >= 0 && cacheMegabytes >= 0, "startStep and cacheMegabytes must not be negative")
    precondition(
      order.parts.allSatisfy { $0.batch % share.count == 0 },
      "the clips of a step do not make \(share.count) equal units")
    self.manifest = manifest
    maker = BatchMaker(
      manifest: manifest,
      order: order,
      share: share,
      reader: WindowReader(
        start: start, crop: crop, seed: seed, source: source, index: index,
        cacheMegabytes: cacheMegabytes),
      quarantine: Quarantine(
        manifest, tolerance: BadClipTolerance(share: badClipTolerance), path: quarantinePath,
        isShared: !share.isAll))
    ring = BatchRing(maker, startStep: startStep, workers: workers, ahead: ahead)
  }

  deinit { ring.stop() }

  /// The batch of the next step. Waits for it if need be.
  /// - Throws: `BadClipsError` when more clips are unreadable than tolerated, or, with a share, none can be read;
  ///   `QuarantineError` when they cannot be listed, `PackError` or `LatentsError` when packed clips or latents cannot be
  ///   read, `MachineError` when the machine does not let clips be read, `CancellationError` after `stop()`.
  public func next() throws -> Batch {
    let clock = ContinuousClock()
    let asked = clock.now
    let (step, samples) = try ring.next()
    let waited = (clock.now - asked) / .seconds(1)
    return Batch(samples, step: step, shape: shape(of: step), secondsWaited: waited)
  }

  /// The batch of any step, made on the calling thread.
  /// - Throws: as `next()`.
  public func batch(step: Int) throws -> Batch {
    Batch(try maker.samples(step: step), step: step, shape: shape(of: step), secondsWaited: 0)
  }

  private func shape(of step: Int) -> ClipShape { maker.order.step(step).part.shape }

  /// The unreadable clips that this process found since the last call and that do not count yet, since other processes do
  /// not know of them; none where this process reads all clips, since they count at once.
  public func takeFound() -> [FoundBadClip] { maker.quarantine.takeUntold() }

  /// Counts clips that processes of the run found, each once, and lists them if this process has a list. Where all processes
  /// note the same in the same order, they throw at the same step.
  /// - Throws: `BadClipsError` when more clips are unreadable than tolerated, `QuarantineError` when they cannot be listed.
  public func note(_ found: [FoundBadClip]) throws { try maker.quarantine.add(found) }

  /// Puts all clips that no step has, or that cannot be used by what the index says, in quarantine at once, and says how many there are.
  /// - Throws: `BadClipsError` when they are more than tolerated, `QuarantineError` when they cannot be listed.
  public func leaveOutUnusable() throws -> Int {
    var count = 0
    for entry in manifest {
      guard let clip = maker.order.leftOut[entry.index] ?? maker.reader.knownFault(entry) else { continue }
      count += 1
      try note([FoundBadClip(index: entry.index, clip: clip)])
    }
    return count
  }

  /// How many samples were read, or could not be, so far: it grows as long as the loader is at work.
  public var samplesDone: Int { maker.reader.done.load(ordering: .relaxed) }

  /// How many different clips gave no sample so far, without those that other processes are yet to be told of.
  public var badClips: Int { maker.quarantine.count }

  /// Ends the threads and waits until they are gone. A `next()` that waits meanwhile throws `CancellationError`.
  public func stop() { ring.stop() }
}
