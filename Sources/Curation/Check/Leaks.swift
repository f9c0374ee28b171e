import ClipIndexing
import Manifests
import Video

/// Clips that two splits share, so that held-out clips are not held out.
public struct Leak: Sendable, Encodable, Equatable {
  /// How the two clips are alike.
  public enum Kind: String, Sendable, Encodable, CaseIterable {
    case sameFile = "same file"
    case sameBytes = "same bytes"
    case nearDuplicate = "near duplicate"
  }

  /// How they are alike.
  public let kind: Kind
  /// The two clips, as their manifests name them.
  public let clips: [String]
  /// Their splits.
  public let splits: [String]
}

extension CheckedClips {
  /// Files that clips of several splits lie in.
  func sharedFiles() -> [Leak] {
    files.filter { $0.splits.count > 1 }.map { file in
      Leak(
        kind: .sameFile, clips: [file.name, file.name],
        splits: file.splits.sorted().prefix(2).map { splits[$0] })
    }
  }

  /// Different files of the same bytes in several splits: found by size, then by SHA-256.
  /// - Parameters:
  ///   - known: the digest of a file where it is known already.
  ///   - unusable: gets the files that could not be read to their end.
  func sharedBytes(
    known: (File) -> String?, unusable: inout [ManifestCheck.Unusable], _ progress: (Double) -> Void
  ) throws -> [Leak] {
    let suspects = suspects()
    let all = Double(suspects.reduce(0) { $0 + (files[$1].bytes ?? 0) })
    var (done, byDigest) = (0, [String: [Int]]())
    for index in suspects {
      do {
        let (file, before) = (files[index], done)
        let digest =
          if let known = known(file) { known } else {
            try digest(of: file.file) { progress(Double(before + $0) / all) }
          }
        byDigest[digest, default: []].append(index)
      } catch let error as VideoError {
        unusable.append(.init(clip: files[index].name, reason: error.reason))
      }
      done += files[index].bytes ?? 0
    }
    return byDigest.values.compactMap { leak(.sameBytes, among: $0) }
      .sorted { $0.clips.lexicographicallyPrecedes($1.clips) }
  }

  /// Files with a shot that looks like one of another split, as curation finds near duplicates: by the hashes in the
  /// index, then by their pixels.
  /// - Parameter distance: in how many of 64 bits the hashes may differ; below zero nothing is compared.
  func sharedLooks(
    _ index: (String) -> IndexLine?, distance: Int, _ limits: DecodeLimits, _ progress: (Double) -> Void
  ) throws -> [Leak] {
    guard distance >= 0, splits.count > 1 else { return [] }
    let spans = files.enumerated().flatMap { place, file in
      (index(file.name)?.shots ?? []).map { shot in
        CuratedSpan(
          entry: ClipEntry(index: place, file: file.file, name: file.name, caption: ""),
          span: Shot.Span(start: shot.start, end: shot.end), shot: shot)
      }
    }
    var search = DuplicateSearch(distance: distance, limits: limits)
    var leaks: [Leak] = []
    for place in spans.indices {
      progress(Double(place) / Double(spans.count))
      guard let match = try search.original(ofSpanAt: place, in: spans) else { continue }
      let alike = [match.shot, place].map { spans[$0].entry.index }
      if let leak = leak(.nearDuplicate, among: alike), !leaks.contains(leak) { leaks.append(leak) }
    }
    return leaks
  }

  /// Files that have as many bytes as one of another split.
  private func suspects() -> [Int] {
    let bySize = Dictionary(grouping: files.indices.filter { (files[$0].bytes ?? 0) > 0 }) {
      files[$0].bytes ?? 0
    }
    return bySize.values.filter { leak(.sameBytes, among: $0) != nil }.flatMap(\.self)
      .sorted()
  }

  /// The first file and the next that belongs to another split, too.
  private func leak(_ kind: Leak.Kind, among indices: [Int]) -> Leak? {
    guard let first = indices.first.map({ files[$0] }) else { return nil }
    for other in indices.dropFirst().lazy.map({ files[$0] }) {
      for split in first.splits.sorted() {
        guard let otherSplit = other.splits.filter({ $0 != split }).min() else { continue }
        return Leak(
          kind: kind, clips: [first.name, other.name], splits: [splits[split], splits[otherSplit]])
      }
    }
    return nil
  }

  private func digest(of file: ClipFile, _ progress: (Int) -> Void) throws -> String {
    try readingPatiently { () throws(VideoError) in
      try ClipBytes(file, limits: DecodeLimits(maxBytes: .max)).digest(progress: progress)
    }
  }
}
