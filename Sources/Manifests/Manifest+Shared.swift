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
