import ClipIndexing
import Manifests
import Video

/// Holds clips against their index: those that cannot be read are known before, and those that have changed
/// are noticed when they are first opened.
public struct IndexGuard: Sendable {
  /// What is compared.
  public enum Comparison: Sendable {
    /// The number of bytes.
    case size
    /// The SHA-256 of all bytes.
    case hash
  }

  /// Clips of a manifest that the index does not tell of.
  public struct MissingError: Error, Sendable, CustomStringConvertible {
    /// The index.
    public let index: String
    /// The first of them.
    public let first: [String]
    /// How many there are.
    public let count: Int

    /// The index, the clips and the remedy.
    public var description: String {
      let clips = count == 1 ? "1 clip of the manifest is" : "\(count) clips of the manifest are"
      return "\(clips) not in the index \(index):" + first.map { "\n  \($0)" }.joined()
        + (count > first.count ? "\n  and \(count - first.count) more" : "")
        + "\nRun vfm-data index again, which adds them, or leave data.index out."
    }
  }

  private static let shown = 20
  static let stage = "index"

  private let index: ClipIndex
  private let comparison: Comparison
  private let rule: ClipRule

  /// Guards the clips of a manifest.
  /// - Parameter rule: what samples need, for clips that are left out by what the index says.
  /// - Throws: `MissingError` when the index does not tell of all of them.
  public init(
    _ index: ClipIndex, _ comparison: Comparison, rule: ClipRule, for manifest: Manifest
  ) throws(MissingError) {
    self.index = index
    self.rule = rule
    self.comparison = comparison
    var (first, count) = ([String](), 0)
    for entry in manifest where index[entry.name] == nil {
      count += 1
      if first.count < Self.shown { first.append(entry.name) }
    }
    if count > 0 { throw MissingError(index: index.path, first: first, count: count) }
  }

  /// Why a clip is left out without a look at it; nil if it is not.
  func knownFault(_ entry: ClipEntry) -> BadClip? {
    index[entry.name].flatMap { rule.verdict(on: entry, by: $0)?.fault }
  }

  /// How long and how large a clip is, or why it cannot be read; nil when the index does not tell.
  func facts(of entry: ClipEntry, _ limits: DecodeLimits) -> Result<ClipFacts, BadClip>? {
    index[entry.name].flatMap { ClipFacts.told(of: entry, by: $0, limits) }
  }

  /// Throws `BadClip` when an open clip is not the one that was indexed.
  func check(_ entry: ClipEntry, _ clip: any OpenClip) throws {
    if let fault = try change(of: entry, bytes: clip.byteCount, digest: clip.digest) { throw fault }
  }

  /// How a clip differs from the one that was indexed; nil if it does not.
  /// - Parameters:
  ///   - bytes: how many it has, if that is known.
  ///   - digest: gives the SHA-256 of them.
  func change(
    of entry: ClipEntry, bytes: Int?, digest: () throws -> String
  ) rethrows -> BadClip? {
    guard let line = index[entry.name] else { return nil }
    if let bytes, bytes != line.bytes {
      return changed(entry, "it had \(line.bytes) bytes and has \(bytes)")
    }
    guard comparison == .hash else { return nil }
    let digest = try digest()
    return digest == line.sha256
      ? nil : changed(entry, "its SHA-256 was \(line.sha256) and is \(digest)")
  }

  private func changed(_ entry: ClipEntry, _ how: String) -> BadClip {
    BadClip(
      entry, stage: Self.stage,
      reason: "it has changed since it was indexed: \(how); put the clip back, or run vfm-data index again")
  }
}
