import Manifests
import Video

/// The clips of all manifests under check, with the splits they belong to and the files they lie in, each
/// file once.
struct CheckedClips {
  /// A file and who uses it.
  struct File {
    let file: ClipFile
    /// As the first manifest that has it names it.
    let name: String
    /// The splits of its clips, by place in `splits`.
    var splits: Set<Int>
    /// How many bytes it has; nil when it cannot be opened.
    var bytes: Int?
    /// Whether it is known already that it cannot be used.
    var isUnusable = false
  }

  /// The names of the splits: those that rows name, and the manifests of rows that name none.
  private(set) var splits: [String] = []
  /// How many clips each split has.
  private(set) var clipsOfSplit: [Int] = []
  private(set) var labels: [String: Int] = [:]
  private(set) var files: [File] = []
  private(set) var clips = 0
  private var places: [ClipFile: Int] = [:]
  private var placesOfSplits: [String: Int] = [:]

  init(_ manifests: [Manifest]) {
    var seen: [String: Int] = [:]
    for manifest in manifests {
      // The same manifest for training and for validation is a leak, not one split.
      seen[manifest.path, default: 0] += 1
      let times = seen[manifest.path]!
      let own = times == 1 ? manifest.path : "\(manifest.path) (\(times))"
      for entry in manifest { add(entry, of: own) }
    }
  }

  private mutating func add(_ entry: ClipEntry, of manifest: String) {
    clips += 1
    let split = place(ofSplit: entry.split ?? manifest)
    clipsOfSplit[split] += 1
    if let label = entry.label { labels[label, default: 0] += 1 }
    // The same file counts once, whatever root it was reached by.
    let file = entry.file.anywhere
    if let known = places[file] {
      files[known].splits.insert(split)
    } else {
      places[file] = files.count
      files.append(File(file: entry.file, name: entry.name, splits: [split], bytes: nil))
    }
  }

  /// Notes a file that cannot be used, once.
  mutating func note(_ place: Int, _ reason: String, _ unusable: inout [ManifestCheck.Unusable]) {
    guard !files[place].isUnusable else { return }
    files[place].isUnusable = true
    unusable.append(.init(clip: files[place].name, reason: reason))
  }

  /// Whether it is known already that the file of a clip cannot be used.
  func isUnusable(_ entry: ClipEntry) -> Bool {
    places[entry.file.anywhere].map { files[$0].isUnusable } ?? false
  }

  private mutating func place(ofSplit name: String) -> Int {
    if let known = placesOfSplits[name] { return known }
    placesOfSplits[name] = splits.count
    splits.append(name)
    clipsOfSplit.append(0)
    return splits.count - 1
  }

  /// Opens every file, which tells its size and whether it may be used at all.
  /// - Returns: the files that cannot be used, and why.
  /// - Throws: `MachineError` when the machine does not let files be opened.
  mutating func open(
    _ limits: DecodeLimits, _ progress: (Double) -> Void
  ) throws -> [ManifestCheck.Unusable] {
    var unusable: [ManifestCheck.Unusable] = []
    for index in files.indices {
      do {
        let file = files[index].file
        files[index].bytes = try readingPatiently { () throws(VideoError) in
          try ClipBytes(file, limits: limits).count
        }
        if files[index].bytes == 0 { note(index, "the file is empty", &unusable) }
      } catch let error as VideoError {
        note(index, error.reason, &unusable)
      }
      if index & 1023 == 0 { progress(Double(index) / Double(files.count)) }
    }
    return unusable
  }
}
