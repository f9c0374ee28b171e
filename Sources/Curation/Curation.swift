import ClipIndexing
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

  /// Curation by these limits.
  /// - Parameter decodeLimits: what one clip may cost, where frames of likely duplicates are compared.
  public init(_ limits: CurationLimits, decodeLimits: DecodeLimits = .standard) {
    self.limits = limits
    self.decodeLimits = decodeLimits
  }

  /// Every piece of every entry, in the order of the manifest and of time, the dropped ones with their reasons.
  ///
  /// Of near duplicates in different clips the first one is kept: the hashes of their shots are near, and so are their
  /// frames, which are decoded to compare them.
  public func spans(of manifest: Manifest, _ index: ClipIndex) throws(Unindexed) -> [CuratedSpan] {
    var spans: [CuratedSpan] = []
    let unknown = manifest.filter {
      index[$0.name].map { $0.verdict != .unreadable && $0.shots == nil } ?? true
    }
    if let first = unknown.first {
      throw Unindexed(
        manifest: manifest.path, index: index.path, first: first.name, count: Set(unknown.map(\.name)).count)
    }
    for entry in manifest { spans += pieces(of: entry, index[entry.name]!) }
    dropDuplicates(&spans)
    return spans
  }

  private func pieces(of entry: ClipEntry, _ line: IndexLine) -> [CuratedSpan] {
    let whole = Shot.Span(start: entry.start ?? 0, end: min(entry.end ?? .infinity, line.duration ?? 0))
    guard line.verdict != .unreadable, let shots = line.shots else {
      let drop = CuratedSpan.Drop(rule: "unreadable", reason: line.reason ?? "nothing of it decodes")
      return [CuratedSpan(entry: entry, span: whole, shot: nil, drop: drop)]
    }
    let damage =
      line.verdict == .damaged && !limits.keepDamaged
      ? CuratedSpan.Drop(
        rule: "keepDamaged",
        reason: "it is damaged (\(line.reason ?? "")) and curation.keepDamaged is false") : nil
    return shots.flatMap { shot in
      pieces(of: Shot.Span(start: max(shot.start, whole.start), end: min(shot.end, whole.end))).map { span in
        CuratedSpan(entry: entry, span: span, shot: shot, drop: damage ?? limits.drop(span, of: shot))
      }
    }
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

  private func dropDuplicates(_ spans: inout [CuratedSpan]) {
    guard limits.duplicateDistance >= 0 else { return }
    var search = DuplicateSearch(distance: limits.duplicateDistance, limits: decodeLimits)
    for place in spans.indices where spans[place].drop == nil {
      guard let match = search.original(ofSpanAt: place, in: spans) else { continue }
      let first = spans[match.shot]
      spans[place].drop = CuratedSpan.Drop(
        rule: "duplicateDistance",
        reason:
          "it shows what \(first.entry.name) shows from \(first.span.start) s on: \(match.distance) of 64 "
          + "bits differ, within curation.duplicateDistance \(limits.duplicateDistance), and hardly a pixel")
    }
  }
}
