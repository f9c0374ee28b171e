import Files
import Foundation
import Synchronization

/// The checkpoints of one run: a folder of `step-00000500.h5`, `step-00001000.h5`, …
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
  private let isolate: Bool

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
  @discardableResult
  public func save(_ contents: CheckpointContents, step: Int, keep: Int = 3) throws -> Saved {
    precondition(step >= 0 && keep >= 1, "a folder keeps at least the checkpoint that it just saved")
    try lock?.hold()
    let target = path + "/" + Self.name(of: step)
    let earlier = try? list().last?.path
    do {
      try makeFolder(path, disk: disk)
      removeLeftovers()
      try CheckpointFile.write(CheckpointFile.encode(contents), to: target, disk: disk)
    } catch let error as CheckpointError {
      throw error.leaving(intact: earlier)
    }
    knownGood.insert(target)
    let (removed, warnings) = prune(after: step, keep: keep)
    return Saved(path: target, removed: removed, warnings: warnings)
  }

  /// The newest checkpoint that is whole; nil if there is none at all.
  ///
  /// Those that cannot be read are passed over with a warning. If none can it throws, so that a run never starts anew on
  /// top of them by accident.
  public func newest() throws -> Found? { try newest { $0 } }

  /// What is made of the newest checkpoint that is whole and that serves; nil if there is none at all.
  /// - Parameter use: throws when a checkpoint does not serve, being of another run, say. Then an older one that does is
  ///   taken, with a warning.
  /// - Throws: what `use` throws of the newest when no other serves either; `MachineError`.
  public func newest<Result>(_ use: (Found) throws -> Result) throws -> Result? {
    var warnings: [String] = []
    var refusal: (any Error)?
    for entry in try list().reversed() {
      let checkpoint: LoadedCheckpoint
      do {
        checkpoint = try read(entry)
      } catch let error as CheckpointError where error.isBroken {
        warnings.append(error.description)
        continue
      }
      do {
        return try use(
          Found(entry, checkpoint, warnings))
      } catch let error as MachineError {
        throw error
      } catch {
        refusal = refusal ?? error
        // Of many lines those that are indented tell the differences; the others advise.
        let lines = "\(error)".split(separator: "\n")
        let differences = lines.filter { $0.hasPrefix("  ") }
        warnings.append(
          "The checkpoint \(entry.path) does not serve and is passed over: "
            + (differences.isEmpty ? String(lines.first ?? "") : "\n" + differences.joined(separator: "\n")))
      }
    }
    if let refusal { throw refusal }
    if warnings.isEmpty { return nil }
    throw CheckpointError.noneReadable(folder: path, reasons: warnings)
  }

  /// The newest checkpoint of a step before `step` that can be read and whose attributes are as wanted.
  public func newest(
    before step: Int, where isWanted: (_ attributes: [String: Attribute]) -> Bool
  ) throws -> Found? {
    for entry in try list().reversed() where entry.step < step {
      do {
        let checkpoint = try read(entry)
        if !isWanted(checkpoint.attributes) { continue }
        return Found(entry, checkpoint, [])
      } catch let error as CheckpointError where error.isBroken {
        continue
      }
    }
    return nil
  }

  /// A checkpoint of the folder, which must be of the step that its name says.
  func read(_ entry: Entry) throws -> LoadedCheckpoint {
    let checkpoint = try CheckpointFile.read(entry.path, isolate: isolate)
    if case .integer(let step) = checkpoint.attributes["step"], step != entry.step {
      throw CheckpointError.refused(
        path: entry.path, reason: "it is of step \(step), whatever its name says")
    }
    knownGood.insert(entry.path)
    return checkpoint
  }

  /// Throws unless the disk has room for `bytes` more.
  public func requireSpace(of bytes: Int) throws {
    var existing = path
    while !FileManager.default.fileExists(atPath: existing) { existing = folder(of: existing) }
    guard let free = try? disk.freeBytes(existing) else { return }  // the save itself will ask again
    if free < bytes { throw CheckpointError.diskFull(path: path, needed: bytes, free: free, intact: nil) }
  }

  /// The names of all files in the folder.
  private func files() throws -> [String] {
    do {
      return try FileManager.default.contentsOfDirectory(atPath: path)
    } catch {
      if !FileManager.default.fileExists(atPath: path) { return [] }
      throw CheckpointError.unreadable(path: path, reason: "it is not a folder that you may read")
    }
  }

  /// Removes what saves that were killed have left. Failing to do so is no reason to fail the save.
  private func removeLeftovers() {
    for name in (try? files()) ?? [] where name.hasSuffix(PartialFile.ending) {
      if Self.step(of: String(name.dropLast(PartialFile.ending.count))) != nil {
        try? disk.remove(path + "/" + name)
      }
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

extension CheckpointError {
  /// The file itself is broken or cannot be read, so that an earlier one may serve in its place.
  fileprivate var isBroken: Bool {
    switch self {
    case .damaged, .refused, .unreadable, .missing: true
    default: false
    }
  }
}
