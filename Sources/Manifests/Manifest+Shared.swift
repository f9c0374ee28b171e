import Video

extension Manifest {
  /// The places of those of some clips that this list shows, too: the same file, and pieces of it that overlap.
  public func shared(with clips: [ClipEntry]) -> [Int] {
    var places: [ClipFile: [Int]] = [:]
    for (place, clip) in clips.enumerated() { places[clip.file.anywhere, default: []].append(place) }
    var shared: Set<Int> = []
    for entry in self {
      for place in places[entry.file.anywhere] ?? [] where entry.overlaps(clips[place]) {
        shared.insert(place)
      }
    }
    return shared.sorted()
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
