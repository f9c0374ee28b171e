import ClipIndexing
import Clips
import Manifests
import Video

/// Cuts the clips of a manifest at their shots and keeps the pieces that are worth learning from.
public struct Curation: Sendable {
  /// A manifest's clips that the index does not tell enough of.
  public struct Unindexed: Error, Sendable, Equatable, CustomStringConvertible {
    /// The manifest and the index.
    public let manifest: String, index: String
    /// The first clip that is missing, and how many are.
    public let first: String, count: Int

    /// What is missing and what to do.
    public var description: String {
      "index \(index) does not tell the shots of \(count) clips of \(manifest), such as \(first); "
        + "run vfm-data index \(manifest) --output \(index)"
    }
  }

  private let limits: CurationLimits
  private let decodeLimits: DecodeLimits
  private let rule: ClipRule?

  /// Curation by these limits.
  /// - Parameters:
  ///   - decodeLimits: what one clip may cost, where frames of likely duplicates are compared.
  ///   - rule: what the samples of a run need; pieces that give none are dropped.
  public init(_ limits: CurationLimits, decodeLimits: DecodeLimits = .standard, rule: ClipRule? = nil) {
    self.limits = limits
    self.decodeLimits = decodeLimits
    self.rule = rule
  }

  /// Every piece of every entry, in the order of the manifest and of time, the dropped ones with their reasons.
  ///
  /// Of near duplicates in different clips the first one is kept: the hashes of their shots are near, and so are their
  /// frames, which are decoded to compare them.
  /// - Throws: `Unindexed`; `MachineError` when frames cannot be compared.
  public func spans(of manifest: Manifest, _ index: ClipIndex) throws -> [CuratedSpan] {
    var spans: [CuratedSpan] = []
    let unknown = manifest.filter {
      index[$0.name].map { $0.verdict != .unreadable && $0.shots == nil } ?? true
    }
    if let first = unknown.first {
      throw Unindexed(
        manifest: manifest.path, index: index.path, first: first.name, count: Set(unknown.map(\.name)).count)
    }
    for entry in manifest { spans += try pieces(of: entry, index[entry.name]!) }
    try dropDuplicates(&spans)
    return spans
  }

  private func pieces(of entry: ClipEntry, _ line: IndexLine) throws -> [CuratedSpan] {
    let whole = Shot.Span(start: entry.start ?? 0, end: min(entry.end ?? .infinity, line.duration ?? 0))
    guard line.verdict != .unreadable, let shots = line.shots else {
      let drop = CuratedSpan.Drop(rule: "unreadable", reason: line.reason ?? "nothing of it decodes")
      return [CuratedSpan(entry: entry, span: whole, shot: nil, drop: drop)]
    }
    if let drop = try unusable(entry, line) {
      return [CuratedSpan(entry: entry, span: whole, shot: nil, drop: drop)]
    }
    let damage =
      line.verdict == .damaged && !limits.keepDamaged
      ? CuratedSpan.Drop(
        rule: "keepDamaged",
        reason: "it is damaged (\(line.reason ?? "")) and curation.keepDamaged is false") : nil
    return try shots.flatMap { shot in
      try pieces(of: Shot.Span(start: max(shot.start, whole.start), end: min(shot.end, whole.end))).map {
        span in
        let drop = try damage ?? limits.drop(span, of: shot) ?? unusable(entry.piece(span), line)
        return CuratedSpan(entry: entry, span: span, shot: shot, drop: drop)
      }
    }
  }

  /// Why a run could make no sample of a clip or a piece of it.
  private func unusable(_ entry: ClipEntry, _ line: IndexLine) throws -> CuratedSpan.Drop? {
    guard let rule else { return nil }
    if let bytes = entry.byteCount, bytes != line.bytes {
      let reason = "it had \(line.bytes) bytes when it was indexed and has \(bytes); run vfm-data index again"
      return CuratedSpan.Drop(rule: "unusable", reason: reason)
    }
    let verdict = try rule.verdict(on: entry, by: line) ?? rule.verdict(onFileOf: entry)
    return verdict.fault.map { CuratedSpan.Drop(rule: "unusable", reason: $0.reason) }
  }

  /// The most pieces of one shot: no clip is so long, but what an index or a clip says of its times may be.
  private static let mostPieces = 10_000

  /// Equal pieces of at most `maxSeconds`; none of an empty span.
  private func pieces(of span: Shot.Span) -> [Shot.Span] {
    let seconds = span.end - span.start
    guard seconds > 0 else { return [] }
    let count = Int(
      max(1, min(Double(Curation.mostPieces), ((seconds - 1e-6) / limits.maxSeconds).rounded(.up))))
    func place(_ piece: Int) -> Double {
      piece == count
        ? span.end : ((span.start + seconds * Double(piece) / Double(count)) * 1e6).rounded() / 1e6
    }
    return (0..<count).map { Shot.Span(start: place($0), end: place($0 + 1)) }
  }

  private func dropDuplicates(_ spans: inout [CuratedSpan]) throws {
    guard limits.duplicateDistance >= 0 else { return }
    var search = DuplicateSearch(distance: limits.duplicateDistance, limits: decodeLimits)
    for place in spans.indices where spans[place].drop == nil {
      guard let match = try search.original(ofSpanAt: place, in: spans) else { continue }
      let first = spans[match.shot]
      spans[place].drop = CuratedSpan.Drop(
        rule: "duplicateDistance",
        reason:
          "it shows what \(first.entry.name) shows from \(first.span.start) s on: \(match.distance) of 64 "
          + "bits differ, within curation.duplicateDistance \(limits.duplicateDistance), and hardly a pixel")
    }
  }
}

extension ClipEntry {
  /// The entry of a piece of this one's clip.
  fileprivate func piece(_ span: Shot.Span) -> ClipEntry {
    ClipEntry(
      index: index, file: file, name: name, caption: caption, label: label, start: span.start, end: span.end,
      split: split, attributes: attributes)
  }
}
