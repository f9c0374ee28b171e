import ClipIndexing
import Clips
import Files
import Manifests
import Synchronization
import Tensors
import Video

/// How many clips of a manifest a run could make no sample of, by the run's own rule.
public struct RuleCheck: Sendable, Encodable, Equatable {
  /// What a run says of its clips.
  public struct Run {
    let rule: ClipRule
    let heldOutRule: ClipRule
    let tolerance: BadClipTolerance
    let heldOut: String?
    let needsIndex: Bool

    /// - Parameters:
    ///   - rule: what samples need.
    ///   - heldOutRule: what those of held-out clips need, if that is not the same.
    ///   - tolerance: how many clips are left out before the run stops.
    ///   - heldOut: the manifest of held-out clips, which do not stop it.
    ///   - needsIndex: whether it has an index, which must tell of all clips to train on.
    public init(
      rule: ClipRule, heldOutRule: ClipRule? = nil, tolerance: BadClipTolerance, heldOut: String?,
      needsIndex: Bool = false
    ) {
      (self.rule, self.tolerance, self.heldOut) = (rule, tolerance, heldOut)
      self.heldOutRule = heldOutRule ?? rule
      self.needsIndex = needsIndex
    }
  }

  /// The manifest, as the user wrote it.
  public let manifest: String
  /// How many of the clips of the split "train", or of none, give no sample.
  public let unusable: Int
  /// How many such clips a run leaves out before it stops; nil for a list that nothing is trained on.
  public let tolerated: Int?
  /// How many of the clips to train on the run's index does not tell of; 0 without one.
  public let missingInIndex: Int

  /// Whether a run would stop.
  public var stops: Bool { missingInIndex > 0 || (tolerated.map { unusable > $0 } ?? false) }

  /// Looks at every clip: by the index where it tells enough, else by opening it and decoding its first frame.
  /// - Parameters:
  ///   - index: what is known of a clip by the name its manifest gives it.
  ///   - isKnown: whether a clip's file is among `unusable` already.
  ///   - unusable: gets the clips that give no sample.
  /// - Throws: `MachineError` when the machine does not let clips be read.
  init(
    _ manifest: Manifest, _ run: Run, index: ((String) -> IndexLine?)?, isKnown: (ClipEntry) -> Bool,
    unusable: inout [ManifestCheck.Unusable], _ progress: (Double) -> Void
  ) throws {
    let isHeldOut =
      run.heldOut.map { $0 == manifest.path || FileIdentity.isOneFile(manifest.path, $0) } ?? false
    let rule = isHeldOut ? run.heldOutRule : run.rule
    var (bad, faults, unknown) = ([Int](), [(index: Int, clip: BadClip)](), [Int]())
    for entry in manifest {
      if isKnown(entry) {
        bad.append(entry.index)
      } else if let verdict = index?(entry.name).flatMap({ rule.verdict(on: entry, by: $0) }) {
        if let clip = verdict.fault { faults.append((entry.index, clip)) }
      } else {
        unknown.append(entry.index)
      }
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
    func isTrainedOn(_ place: Int) -> Bool { manifest[place].split.map { $0 == "train" } ?? true }
    let trained = isHeldOut ? 0 : manifest.indices.count(where: isTrainedOn)
    missingInIndex =
      run.needsIndex && !isHeldOut
      ? (bad + unknown).count { isTrainedOn($0) && index?(manifest[$0].name) == nil } : 0
    self.unusable = (bad + faults.map(\.index)).count(where: isTrainedOn)
    tolerated = trained > 0 ? run.tolerance.allowed(of: trained) : nil
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
