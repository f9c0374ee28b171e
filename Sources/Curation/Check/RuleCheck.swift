import ClipIndexing
import Clips
import Files
import Manifests
import Synchronization
import Tensors
import Video

/// How many clips of a manifest a run could make no sample of, by the run's own rule.
public struct RuleCheck: Sendable, Encodable, Equatable {
  /// The manifest, as the user wrote it.
  public let manifest: String
  /// How many of its clips give no sample, and how many such clips a run leaves out before it stops.
  public let unusable: Int, tolerated: Int

  /// Whether a run would stop.
  public var stops: Bool { unusable > tolerated }

  /// Looks at every clip: by the index where it tells enough, else by opening it and decoding its first frame.
  /// - Parameters:
  ///   - index: what is known of a clip by the name its manifest gives it.
  ///   - unusable: gets the clips that give no sample.
  /// - Throws: `MachineError` when the machine does not let clips be read.
  init(
    _ manifest: Manifest, _ rule: ClipRule, _ tolerance: BadClipTolerance,
    index: ((String) -> IndexLine?)?, unusable: inout [ManifestCheck.Unusable], _ progress: (Double) -> Void
  ) throws {
    var faults: [(index: Int, clip: BadClip)] = []
    var unknown: [Int] = []
    for entry in manifest {
      guard let verdict = index?(entry.name).flatMap({ rule.verdict(on: entry, by: $0) }) else {
        unknown.append(entry.index)
        continue
      }
      if let clip = verdict.fault { faults.append((entry.index, clip)) }
    }
    // So many at a time, so that progress is told and an error ends the work.
    let portion = 64
    for first in stride(from: 0, to: unknown.count, by: portion) {
      let places = unknown[first..<min(first + portion, unknown.count)]
      faults += try Self.opened(places, of: manifest, rule)
      progress(Double(first + places.count) / Double(unknown.count))
    }
    faults.sort { $0.index < $1.index }
    unusable += faults.map {
      ManifestCheck.Unusable(clip: manifest[$0.index].name, reason: "\($0.clip.stage): \($0.clip.reason)")
    }
    self.manifest = manifest.path
    self.unusable = faults.count
    tolerated = tolerance.allowed(of: manifest.count)
  }

  private static func opened(
    _ places: ArraySlice<Int>, of manifest: Manifest, _ rule: ClipRule
  ) throws -> [(index: Int, clip: BadClip)] {
    let faults = Mutex([(index: Int, clip: BadClip)]())
    let trouble = Mutex<(any Error)?>(nil)
    parallel(over: places.count, tile: 1) { range in
      for offset in range where trouble.withLock({ $0 == nil }) {
        let place = places[places.startIndex + offset]
        do {
          if let clip = try rule.verdict(onFileOf: manifest[place]).fault {
            faults.withLock { $0.append((place, clip)) }
          }
        } catch {
          trouble.withLock { $0 = $0 ?? error }
        }
      }
    }
    if let error = trouble.withLock({ $0 }) { throw error }
    return faults.withLock { $0 }
  }
}
