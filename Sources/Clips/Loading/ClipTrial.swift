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

  /// Reads clips in the order of the first epoch until all were read or the time is over.
  /// - Parameters:
  ///   - seed, start, crop, source, index, tolerance: as the run has them (`BatchLoader`).
  ///   - time: how long to read; at least one clip is tried.
  /// - Throws: `MachineError`, `PackError`.
  public init(
    _ manifest: Manifest, shape: ClipShape, seed: UInt64, start: StartChoice, crop: CropChoice,
    source: ClipSource, index: IndexGuard?, tolerance: BadClipTolerance, for time: Duration
  ) throws {
    let reader = WindowReader(
      shape: shape, start: start, crop: crop, seed: seed, source: source, index: index, cacheMegabytes: 0)
    let order = SampleOrder(count: manifest.count, seed: seed)
    let clock = ContinuousClock()
    var (bad, first) = (0, [BadClip]())
    func note(_ clip: BadClip) {
      bad += 1
      if first.count < BadClipsError.shown { first.append(clip) }
    }
    for entry in manifest {
      if let clip = reader.knownFault(entry) { note(clip) }
    }
    let begun = clock.now
    var (tried, read, reading) = (0, 0, Duration.zero)
    while tried < manifest.count && (tried == 0 || clock.now - begun < time) {
      let entry = manifest[order[tried].index]
      tried += 1
      if reader.knownFault(entry) != nil { continue }
      let opened = clock.now
      do {
        _ = try reader.pixels(of: entry, sample: (tried - 1, 0))
        (read, reading) = (read + 1, reading + (clock.now - opened))
      } catch let clip as BadClip {
        note(clip)
      }
    }
    self.tried = tried
    (self.bad, firstBad) = (bad, first)
    obstacle = BadClipsError(bad, of: manifest, tolerance: tolerance, first: first)
    secondsPerClip = read > 0 ? reading / .seconds(1) / Double(read) : nil
  }
}
