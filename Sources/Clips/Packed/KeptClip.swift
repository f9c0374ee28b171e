import Files
import Foundation
import Manifests
import Synchronization
import Tensors
import Video

/// What a folder that keeps something of clips says of one: enough to notice that it is another by now.
protocol KeptClip: Sendable {
  /// What it is found by.
  var name: PackedName { get }
  /// The size in bytes, the time of the last change in nanoseconds since 1970, and the SHA-256 of the clip when it was
  /// kept; −1 and an empty digest when it could not be opened.
  var bytes: Int { get }
  var modified: Int { get }
  var sha256: String { get }
  /// What went wrong when it was kept.
  var faults: PackedFaults? { get }
}

/// What has become of the clips of a manifest since they were kept, a sentence a clip; none if all are the same.
///
/// A file of the same size and time of change is trusted, another is hashed.
/// - Parameters:
///   - limits: what a clip may cost; clips that failed under other limits count as changed.
///   - clip: what is kept of the clip at a place of the manifest.
/// - Throws: `MachineError` when files cannot be looked at.
func keptChanges(
  of manifest: Manifest, _ limits: DecodeLimits, clip: @Sendable (Int) -> (any KeptClip)?
) throws -> [String] {
  let portion = 64
  let changes = Mutex([(Int, String)]())
  let trouble = Mutex<(any Error)?>(nil)
  parallel(over: manifest.count, tile: portion) { range in
    for index in range where trouble.withLock({ $0 == nil }) {
      do {
        guard let change = try keptChange(of: manifest[index], since: clip(index), limits) else { continue }
        changes.withLock { $0.append((index, "\(manifest[index].name) \(change)")) }
      } catch {
        trouble.withLock { $0 = $0 ?? error }
      }
    }
  }
  if let error = trouble.withLock({ $0 }) { throw error }
  return changes.withLock { $0.sorted { $0.0 < $1.0 }.map(\.1) }
}

/// What has become of a clip since it was kept, in words; nil if it is the same.
/// - Throws: `MachineError` when that cannot be found out.
func keptChange(of entry: ClipEntry, since clip: (any KeptClip)?, _ limits: DecodeLimits) throws -> String? {
  try patiently { try keptChangeAtOnce(of: entry, since: clip, limits) }
}

private func keptChangeAtOnce(
  of entry: ClipEntry, since clip: (any KeptClip)?, _ limits: DecodeLimits
) throws -> String? {
  guard let clip else { return "is not there" }
  if let faults = clip.faults, faults.limits != limits.words {
    return "could not be read under other limits (\(faults.limits))"
  }
  do {
    let file = try ClipBytes(entry.file, limits: limits)
    if clip.bytes < 0 { return "could not be opened then, and can be now" }
    if file.count != clip.bytes { return "had \(clip.bytes) bytes and has \(file.count)" }
    if file.modified == clip.modified { return nil }
    let digest = try file.digest()
    return digest == clip.sha256
      ? nil : "has other bytes (SHA-256 was \(clip.sha256.prefix(12))…, is \(digest.prefix(12))…)"
  } catch {
    if let machine = error.machine { throw machine }
    return clip.bytes < 0 ? nil : "cannot be read any more: \(error.reason)"
  }
}

/// Every shard of a folder stays open, and systems often let a program open no more than 1024 files unless it asks for more.
let manyOpenFiles: Void = {
  var limit = rlimit()
  guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return }
  limit.rlim_cur = limit.rlim_max
  setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
}()
