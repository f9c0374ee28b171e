import Files
import Video

extension Manifest {
  /// The places of those of some clips that this list shows, too: the same file, whatever path or link leads to it, and
  /// pieces of it that overlap.
  public func shared(with clips: [ClipEntry]) -> [Int] {
    var places: [SameFile: [Int]] = [:]
    for (place, clip) in clips.enumerated() {
      if let file = SameFile(clip.file) { places[file, default: []].append(place) }
    }
    if places.isEmpty { return [] }
    var shared: Set<Int> = []
    for entry in self {
      for place in SameFile(entry.file).flatMap({ places[$0] }) ?? [] where entry.overlaps(clips[place]) {
        shared.insert(place)
      }
    }
    return shared.sorted()
  }
}

extension Manifest {
  /// The places of those of some clips that this list shows, too, in another file of the same bytes: a copy. Pieces must
  /// overlap. Files of a size that no other has are not read; clips that cannot be read are no copies.
  ///
  /// - Parameter progress: called with each clip that is read, after it.
  public func copies(
    of clips: [ClipEntry], limits: DecodeLimits = .standard, progress: () -> Void = {}
  ) -> [Int] {
    var bySize: [Int: [Int]] = [:]
    for (place, clip) in clips.enumerated() {
      if let size = clip.byteCount { bySize[size, default: []].append(place) }
    }
    var digests: [ClipFile: String?] = [:]
    func digest(_ clip: ClipEntry) -> String? {
      let file = clip.file.anywhere
      if let known = digests[file] { return known }
      let digest = try? ClipBytes(clip.file, limits: limits).digest()
      digests[file] = digest
      progress()
      return digest
    }
    var copies: Set<Int> = []
    for entry in self {
      guard let size = entry.byteCount else { continue }
      for place in bySize[size] ?? [] where !copies.contains(place) && entry.overlaps(clips[place]) {
        if let own = digest(entry), own == digest(clips[place]) { copies.insert(place) }
      }
    }
    return copies.sorted()
  }
}

/// A file, or a piece of one, as the system knows it.
private struct SameFile: Hashable {
  private let file: FileIdentity, offset: Int

  /// Nil for a file that is not there.
  init?(_ clip: ClipFile) {
    guard let file = FileIdentity(clip.path) else { return nil }
    (self.file, offset) = (file, clip.member?.offset ?? -1)
  }
}

extension ClipEntry {
  /// Whether two pieces of one clip have a moment in common.
  fileprivate func overlaps(_ other: ClipEntry) -> Bool {
    (start ?? 0) < (other.end ?? .infinity) && (other.start ?? 0) < (end ?? .infinity)
  }
}

extension ClipFile {
  /// The same bytes, whatever root they were reached by.
  public var anywhere: ClipFile { ClipFile(path: path, member: member) }
}
