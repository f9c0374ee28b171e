import Files
import Foundation
import Synchronization

/// The checkpoints of one run: a folder of `step-00000500.h5`, `step-00001000.h5`, …
///
/// Hold a `RunLock` on the folder while saving.
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
  }

  /// Where the folder lies.
  public let path: String
  let disk: Disk
  let knownGood = KnownGood()

  /// The folder at `path`, which is made by the first save if it is not there.
  public init(_ path: String) {
    self.init(path, disk: .real)
  }

  init(_ path: String, disk: Disk) {
    self.path = path
    self.disk = disk
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
  /// If it throws, all earlier checkpoints are as they were.
  @discardableResult
  public func save(_ contents: CheckpointContents, step: Int, keep: Int = 3) throws -> Saved {
    precondition(step >= 0 && keep >= 1, "a folder keeps at least the checkpoint that it just saved")
    let target = path + "/" + Self.name(of: step)
    let earlier = try? list().last?.path
    do {
      try makeFolder(path)
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
  /// Broken ones are passed over with a warning. If all are broken it throws, so that a run never starts anew on top of
  /// them by accident.
  public func newest() throws -> Found? {
    var warnings: [String] = []
    for entry in try list().reversed() {
      do {
        let checkpoint = try CheckpointFile.read(entry.path)
        knownGood.insert(entry.path)
        return Found(
          step: entry.step, path: entry.path, checkpoint: checkpoint, warnings: warnings + checkpoint.warnings
        )
      } catch let error as CheckpointError where error.isBroken {
        warnings.append(error.description)
      }
    }
    if warnings.isEmpty { return nil }
    throw CheckpointError.noneReadable(folder: path, reasons: warnings)
  }

  /// Throws unless the disk has room for `count` more checkpoints of `bytes` each.
  public func requireSpace(for count: Int, of bytes: Int) throws {
    var existing = path
    while !FileManager.default.fileExists(atPath: existing) { existing = folder(of: existing) }
    guard let free = try? disk.freeBytes(existing) else { return }  // the save itself will ask again
    if free < count * bytes {
      throw CheckpointError.diskFull(path: path, needed: count * bytes, free: free, intact: nil)
    }
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
  /// The file itself is broken, so that an earlier one may serve in its place.
  fileprivate var isBroken: Bool {
    switch self {
    case .damaged, .refused: true
    default: false
    }
  }
}

/// Makes a folder and those above it.
func makeFolder(_ path: String) throws {
  do {
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  } catch {
    let reason = (error as NSError).userInfo[NSUnderlyingErrorKey] as? NSError
    let words = reason.map { String(cString: strerror(Int32($0.code))) } ?? error.localizedDescription
    throw CheckpointError.cannotCreate(path: path, reason: words)
  }
}
