import ClipIndexing
import Clips
import Manifests
import Tokens
import Video

/// All that can be told of manifests before a run: what they are, what is wrong with them, and what splits
/// share.
public struct ManifestCheck: Sendable, Encodable {
  /// A manifest under check.
  public struct Source: Sendable, Encodable {
    /// As the user wrote it.
    public let path: String
    /// What it was read as, and why; nil when that could not be told.
    public let layout: String?, reason: String?
    /// How many clips it lists; 0 when it cannot be used.
    public let clips: Int
    /// What is wrong with it, at most `ManifestError.kept` sentences, and how many there are in all.
    public let problems: [String], problemCount: Int
    /// What to do about them.
    public let remedy: String?
    /// Whether it is not there at all.
    public let isMissing: Bool
    /// What was left out, in sentences.
    public let notes: [String]
  }

  /// A clip that a manifest lists and that cannot be used.
  public struct Unusable: Sendable, Encodable, Equatable {
    /// As the manifest names it.
    public let clip: String
    /// Why.
    public let reason: String
  }

  /// A name and how often it is there.
  public struct Count: Sendable, Encodable, Equatable {
    /// The name.
    public let name: String
    /// How often.
    public let count: Int

    /// Names with their counts, the most frequent first.
    static func ranked(_ counts: [String: Int]) -> [Count] {
      counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map { Count(name: $0.key, count: $0.value) }
    }
  }

  /// The manifests.
  public let sources: [Source]
  /// How many clips the usable manifests list, and in how many files.
  public let clips: Int, files: Int
  /// Clips of each split. Rows that name no split belong to that of their manifest, which is named by its
  /// path.
  public let splits: [Count]
  /// How many labels there are, and the ten most frequent.
  public let labels: Int, commonLabels: [Count]
  /// Nil when no manifest can be used.
  public let captions: CaptionFigures?
  /// Nil without an index.
  public let index: IndexFigures?
  /// Clips that cannot be opened, are empty, or differ from the index.
  public let unusable: [Unusable]
  /// How each usable manifest stands by the rule of a run; empty without a recipe.
  public let rules: [RuleCheck]
  /// What splits share.
  public let leaks: [Leak]

  /// Whether nothing is wrong.
  public var isFine: Bool {
    sources.allSatisfy { $0.problemCount == 0 } && unusable.isEmpty && leaks.isEmpty
      && !rules.contains(where: \.stops)
  }

  /// Checks manifests.
  /// - Parameters:
  ///   - paths: manifests, such as those for training and validation; what they share is looked for across
  ///     all.
  ///   - root: as for `Manifest.load`.
  ///   - limits: what one clip may cost.
  ///   - run: what a run says of its clips.
  ///   - pictures: whether pictures count as clips.
  ///   - needsCaptions: whether clips need captions.
  ///   - tokens: what cuts captions into tokens, and the most that are read.
  ///   - index: what is known of a clip by the name its manifest gives it.
  ///   - duplicateDistance: in how many of 64 bits the hashes of shots that look alike may differ; -1 compares none.
  ///   - progress: told what is going on, and the share of it that is done.
  /// - Throws: `MachineError` when the machine does not let clips be read.
  public init(
    _ paths: [String], root: String? = nil, limits: DecodeLimits = .standard,
    run: RuleCheck.Run? = nil, pictures: Bool = true, captions needsCaptions: Bool = true,
    tokens: (tokenizer: any Tokenizer, limit: Int)? = nil, index: ((String) -> IndexLine?)? = nil,
    duplicateDistance: Int = -1,
    progress: (_ activity: String, _ share: Double) -> Void = { _, _ in }
  ) throws {
    var (sources, manifests) = ([Source](), [Manifest]())
    for path in paths {
      do throws(ManifestError) {
        let manifest = try Manifest.load(path, root: root, pictures: pictures, captions: needsCaptions)
        manifests.append(manifest)
        sources.append(Source(manifest))
      } catch {
        if let machine = error.machine { throw machine }
        sources.append(Source(error))
      }
    }
    self.sources = sources
    var checked = CheckedClips(manifests)
    var unusable = try checked.open(limits) { progress("opening files", $0) }
    self.index = index.map { IndexFigures(&checked, $0, unusable: &unusable) }
    rules =
      try run.map { run in
        try manifests.map { manifest in
          try RuleCheck(
            manifest, run, index: index, isKnown: checked.isUnusable, unusable: &unusable
          ) { progress("looking at clips", $0) }
        }
      } ?? []
    // A digest in the index is that of the file as long as the size is the same.
    let shared = try checked.sharedBytes(
      known: { file in
        index?(file.name).flatMap { $0.bytes == file.bytes && !$0.sha256.isEmpty ? $0.sha256 : nil }
      },
      unusable: &unusable
    ) { progress("comparing clips of the same size", $0) }
    let known = Set(shared.map(\.clips))
    let alike = try index.map {
      try checked.sharedLooks($0, distance: duplicateDistance, limits) { progress("comparing shots", $0) }
    }
    leaks = checked.sharedFiles() + shared + (alike ?? []).filter { !known.contains($0.clips) }
    self.unusable = unusable
    clips = checked.clips
    files = checked.files.count
    splits = zip(checked.splits, checked.clipsOfSplit).map { Count(name: $0, count: $1) }
    labels = checked.labels.count
    commonLabels = Array(Count.ranked(checked.labels).prefix(10))
    captions = manifests.isEmpty ? nil : CaptionFigures(manifests, tokens: tokens)
  }
}

extension ManifestCheck.Source {
  init(_ manifest: Manifest) {
    path = manifest.path
    layout = manifest.layout?.layout.name
    reason = manifest.layout?.reason
    clips = manifest.count
    (problems, problemCount, remedy, isMissing) = ([], 0, nil, false)
    notes = manifest.notes
  }

  init(_ error: ManifestError) {
    path = error.path
    layout = error.layout?.layout.name
    reason = error.layout?.reason
    clips = 0
    problems = error.problems.map(\.description)
    problemCount = error.count
    remedy = error.remedy
    isMissing = error.isMissing
    notes = []
  }
}
