import Files
import Manifests
import Synchronization
import Tensors
import Video

/// How long and how large all clips of a list are, or why one cannot be read.
struct ClipMeasures: Sendable {
  /// By the clips' places in the list.
  private(set) var facts: [Result<ClipFacts, BadClip>]

  /// Measures clips by the index where it tells enough, else by opening them, on all threads.
  /// - Throws: `MachineError` when the machine does not let clips be read.
  init(of manifest: Manifest, _ limits: DecodeLimits, index: IndexGuard?) throws {
    let known = manifest.map { index?.facts(of: $0, limits) }
    let unknown = known.indices.filter { known[$0] == nil }
    let found = Mutex([Int: Result<ClipFacts, BadClip>]())
    let trouble = Mutex<(any Error)?>(nil)
    parallel(over: unknown.count, tile: 1) { range in
      for place in range where trouble.withLock({ $0 == nil }) {
        let place = unknown[place]
        do {
          let facts = try ClipFacts.read(of: manifest[place], limits)
          found.withLock { $0[place] = facts }
        } catch {
          trouble.withLock { $0 = $0 ?? error }
        }
      }
    }
    if let error = trouble.withLock({ $0 }) { throw error }
    let opened = found.withLock { $0 }
    facts = known.indices.map { known[$0] ?? opened[$0]! }
  }
}

extension ClipFacts {
  /// The facts of a clip by its file, of which the first frame is decoded, or why it cannot be read.
  /// - Throws: `MachineError`.
  static func read(of entry: ClipEntry, _ limits: DecodeLimits) throws -> Result<ClipFacts, BadClip> {
    do {
      return .success(try patiently { try ClipSource.files(limits).open(entry, ClipTimings()).facts() })
    } catch let clip as BadClip {
      return .failure(clip)
    }
  }
}
