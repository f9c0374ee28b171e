import Files
import Foundation

/// The checkpoints of one run: a folder of `step-00000500.h5`, `step-00001000.h5`, … Of a checkpoint in parts these are the
/// first files, and the others lie beside them.
///
/// Hold a `RunLock` on the run's folder while saving.
public struct CheckpointFolder: Sendable {
  /// A checkpoint in the folder, by its name alone.
  public struct Entry: Equatable, Sendable {
    /// The step that its name says.
    public let step: Int
    /// Where it lies.
    public let path: String
  }

  /// What a save did.
  public struct Saved: Equatable, Sendable {
    /// Where the new checkpoint lies.
    public let path: String
    /// Older checkpoints that were removed.
    public let removed: [String]
    /// Older checkpoints that could not be removed, one sentence each.
    public let warnings: [String]
  }

  /// The newest good checkpoint.
  public struct Found: Sendable {
    /// Its step.
    public let step: Int
    /// Where it lies.
    public let path: String
    /// What it holds.
    public let checkpoint: LoadedCheckpoint
    /// Newer checkpoints that are broken, each named with the reason, and warnings about this one.
    public let warnings: [String]

    init(_ entry: Entry, _ checkpoint: LoadedCheckpoint, _ newer: [String]) {
      (step, path, self.checkpoint) = (entry.step, entry.path, checkpoint)
      warnings = newer + checkpoint.warnings
    }
  }

  /// Where the folder lies.
  public let path: String
  let disk: Disk
  let knownGood = KnownGood()
  private let lock: RunLock?
  let isolate: Bool

  /// The folder at `path`, which is made by the first save if it is not there.
  /// - Parameters:
  ///   - lock: what keeps other runs out; each save sees to it that it still does.
  ///   - isolate: whether checkpoints are read in a process of their own, as a stranger's.
  public init(_ path: String, lock: RunLock? = nil, isolate: Bool = false) {
    self.init(path, disk: .real, lock: lock, isolate: isolate)
  }

  /// The checkpoints that a path stands for: of a run's folder those within it; nil where the path is no folder.
  /// - Parameter isolate: as of `init`.
  public static func at(_ path: String, isolate: Bool = false) -> CheckpointFolder? {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), isFolder.boolValue else {
      return nil
    }
    let inner = path + "/checkpoints"
    return CheckpointFolder(
      FileManager.default.fileExists(atPath: inner) ? inner : path, isolate: isolate)
  }

  init(_ path: String, disk: Disk, lock: RunLock? = nil, isolate: Bool = false) {
    self.path = path
    self.disk = disk
    self.lock = lock
    self.isolate = isolate
  }

  /// All checkpoints by step, the oldest first. Nothing is read; an absent folder has none.
  public func list() throws -> [Entry] {
    try files().compactMap { name in
      Self.step(of: name).map { Entry(step: $0, path: path + "/" + name) }
    }.sorted { $0.step < $1.step }
  }

  /// Saves `contents` as the checkpoint of `step`, and then, once it is on the disk, removes old ones so that the
  /// newest `keep` good ones stay.
  ///
  /// If it throws, all earlier checkpoints are as they were. Throws `CheckpointError.folderInUse` when another run has got
  /// hold of the folder meanwhile.
  /// - Parameters:
  ///   - contents: of processes that save together each gives its own tensors and pieces of tensors: no float of a tensor
  ///     is given by two, and none by nobody. The attributes are those that rank 0 gives.
  ///   - together: the processes that save this checkpoint together, each with a folder of this path and rank 0 alone with
  ///     a lock; nil for one process. All of them return when it is on the disk, and all throw when one has failed: that
  ///     one its own error, the others `CheckpointError.failedElsewhere`. Rank 0 removes what is old; `removed` and
  ///     `warnings` of the others are empty.
  @discardableResult
  public func save(
    _ contents: CheckpointContents, step: Int, keep: Int = 3, together: (any SavingTogether)? = nil
  ) throws -> Saved {
    precondition(step >= 0 && keep >= 1, "a folder keeps at least the checkpoint that it just saved")
    let target = path + "/" + Self.name(of: step)
    var parts: [PartReference] = []
    if let together, together.count > 1 {
      parts = try JointSave(self, contents, step: step, together).run()
      guard together.rank == 0 else { return Saved(path: target, removed: [], warnings: []) }
    } else {
      try leavingEarlierIntact {
        try prepare()
        try CheckpointFile.write(CheckpointFile.encode(contents), to: target, disk: disk)
      }
    }
    knownGood.insert(target, parts: parts.map(\.name))
    // Where the step was saved before, in parts, its old ones are named no more.
    removeLeftovers()
    let (removed, warnings) = prune(after: step, keep: keep)
    return Saved(path: target, removed: removed, warnings: warnings)
  }

  /// Sees to it that the folder is there and this run's, and removes what killed saves have left in it.
  func prepare() throws {
    try lock?.hold()
    try makeFolder(path, disk: disk)
    removeLeftovers()
  }

  /// Does a step of a save; its errors name the newest checkpoint, which is left as it was.
  func leavingEarlierIntact<Result>(_ body: () throws -> Result) throws -> Result {
    let earlier = try? list().last?.path
    do {
      return try body()
    } catch let error as CheckpointError {
      throw error.leaving(intact: earlier)
    }
  }

  /// Throws unless the disk has room for `bytes` more.
  public func requireSpace(of bytes: Int) throws {
    var existing = path
    while !FileManager.default.fileExists(atPath: existing) { existing = folder(of: existing) }
    guard let free = try? disk.freeBytes(existing) else { return }  // the save itself will ask again
    if free < bytes { throw CheckpointError.diskFull(path: path, needed: bytes, free: free, intact: nil) }
  }

  /// The names of all files in the folder.
  func files() throws -> [String] {
    do {
      return try FileManager.default.contentsOfDirectory(atPath: path)
    } catch {
      if !FileManager.default.fileExists(atPath: path) { return [] }
      throw CheckpointError.unreadable(path: path, reason: "it is not a folder that you may read")
    }
  }

  /// `step-00000500.h5`
  static func name(of step: Int) -> String {
    let digits = String(step)
    return "step-" + String(repeating: "0", count: max(0, 8 - digits.count)) + digits + ".h5"
  }

  /// The step that a file's name says, if it is the name of a checkpoint.
  static func step(of name: String) -> Int? {
    guard name.hasPrefix("step-"), name.hasSuffix(".h5") else { return nil }
    let digits = name.dropFirst("step-".count).dropLast(".h5".count)
    guard digits.utf8.allSatisfy({ (48...57).contains($0) }), let step = Int(digits) else { return nil }
    return Self.name(of: step) == name ? step : nil
  }
}
