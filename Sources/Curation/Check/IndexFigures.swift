import ClipIndexing

/// What an index tells of the files of manifests.
public struct IndexFigures: Sendable, Encodable, Equatable {
  /// How many files the index knows, and how many it does not.
  public private(set) var known = 0, unknown = 0
  /// How long the known ones are altogether, in seconds.
  public private(set) var seconds = 0.0
  /// The shortest and the longest of them, in seconds; nil when no duration is known.
  public private(set) var shortest: Double?, longest: Double?
  /// How many files have each codec, and each size as displayed, the most frequent first.
  public let codecs: [ManifestCheck.Count], sizes: [ManifestCheck.Count]

  /// Looks every file up.
  /// - Parameter unusable: gets the files that are unreadable, or whose size has changed since.
  init(
    _ clips: inout CheckedClips, _ index: (String) -> IndexLine?, unusable: inout [ManifestCheck.Unusable]
  ) {
    var (codecs, sizes) = ([String: Int](), [String: Int]())
    for place in clips.files.indices {
      let file = clips.files[place]
      guard let line = index(file.name) else {
        unknown += 1
        continue
      }
      known += 1
      if let bytes = file.bytes, bytes != line.bytes {
        clips.note(place, "it has \(bytes) bytes, but the index says \(line.bytes)", &unusable)
      } else if line.verdict == .unreadable, file.bytes != nil {
        clips.note(place, line.reason ?? "the index says that it is unreadable", &unusable)
      }
      if let codec = line.codec { codecs[codec, default: 0] += 1 }
      if let width = line.width, let height = line.height { sizes["\(width)x\(height)", default: 0] += 1 }
      if let duration = line.duration {
        seconds += duration
        shortest = min(shortest ?? duration, duration)
        longest = max(longest ?? duration, duration)
      }
    }
    self.codecs = ManifestCheck.Count.ranked(codecs)
    self.sizes = ManifestCheck.Count.ranked(sizes)
  }
}
