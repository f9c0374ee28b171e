import Manifests
import Video

/// Reads some clips of a list as a run will, before the run: what gives no sample, and how long the others take.
public struct ClipTrial: Sendable {
  /// How many clips were read, or tried, or known by the index.
  public let tried: Int
  /// How many of the list's clips give no sample, by what the index says or the trial found, and the first of them.
  public let bad: Int, firstBad: [BadClip]
  /// Why a run would stop; nil if what was found does not stop it.
  public let obstacle: BadClipsError?
  /// Seconds that one thread takes for a clip; nil when none of those that were tried can be read.
  public let secondsPerClip: Double?

  /// Reads clips in the order of the first epoch, or of the first steps where they have several shapes, until as many were
  /// read as there are or the time is over. Where the shapes change in the course of the run, steps of all of it are read.
  /// - Parameters:
  ///   - order, seed, start, crop, source, index, tolerance: as the run has them (`BatchLoader`).
  ///   - steps: those of the run.
  ///   - time: how long to read; at least one clip is tried.
  /// - Throws: `MachineError`, `PackError`, `LatentsError`.
  public init(
    _ manifest: Manifest, order: BatchOrder, seed: UInt64, start: StartChoice, crop: CropChoice,
    source: ClipSource, index: IndexGuard?, tolerance: BadClipTolerance, steps: Int, for time: Duration
  ) throws {
    let reader = WindowReader(
      start: start, crop: crop, seed: seed, source: source, index: index, cacheMegabytes: 0)
    let clock = ContinuousClock()
    var (bad, first) = (Set<Int>(), [BadClip]())
    func note(_ entry: ClipEntry, _ clip: BadClip) {
      guard bad.insert(entry.index).inserted else { return }
      if first.count < BadClipsError.shown { first.append(clip) }
    }
    for entry in manifest {
      if let clip = order.leftOut[entry.index] ?? reader.knownFault(entry) { note(entry, clip) }
    }
    let begun = clock.now
    var (tried, read, reading) = (0, 0, Duration.zero)
    var (step, ahead) = (0, 0..<0)
    var part = order.step(0).part
    while tried < manifest.count && (tried == 0 || clock.now - begun < time) {
      if ahead.isEmpty {
        (part, ahead) = order.step(order.hasOnePhase ? step : Self.spread(step, over: steps))
        step += 1
      }
      let position = ahead.removeFirst()
      let entry = manifest[part.order[position].index]
      tried += 1
      if reader.knownFault(entry) != nil { continue }
      let opened = clock.now
      do {
        _ = try reader.content(of: entry, shape: part.shape, sample: (part.offset + position, 0))
        (read, reading) = (read + 1, reading + (clock.now - opened))
      } catch let clip as BadClip {
        note(entry, clip)
      }
    }
    self.tried = tried
    (self.bad, firstBad) = (bad.count, first)
    obstacle = BadClipsError(bad.count, of: manifest, tolerance: tolerance, first: first)
    secondsPerClip = read > 0 ? reading / .seconds(1) / Double(read) : nil
  }

  /// Steps as evenly from all over a run as may be, however many are taken: multiples of the golden section.
  static func spread(_ place: Int, over steps: Int) -> Int {
    Int((Double(place) * 0.618033988749895).truncatingRemainder(dividingBy: 1) * Double(steps))
  }
}
