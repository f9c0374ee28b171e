import Checkpoints
import Foundation
import Recipes
import Synchronization
import Tensors
import Training

/// Loads what commands are given, with what the user should know said on standard error.
public enum Inputs {
  /// A checkpoint's model with averaged weights. `path` is a file, or a run's folder, which stands for its newest good
  /// checkpoint; `base` likewise, for an adapter whose base does not lie where it lay.
  public static func model(_ path: String, base: String? = nil, isolate: Bool) throws -> LoadedModel {
    let checkpoint = try checkpoint(path, isolate: isolate)
    let blueprint = try Blueprint(checkpoint)
    tellPrecision(of: blueprint)
    return try LoadedModel(
      checkpoint, blueprint,
      base: self.base(of: blueprint, adapter: checkpoint.path, given: base, isolate: isolate))
  }

  /// Says so where a model computes with other products than its recipe asks for.
  public static func tellPrecision(of blueprint: Blueprint) {
    guard let note = blueprint.recipe.training.precisionNote,
      !isPrecisionTold.exchange(true, ordering: .relaxed)
    else { return }
    standardError("note: \(note)\n")
  }

  /// Once is enough for a model and its base.
  private static let isPrecisionTold = Atomic(false)

  /// What a new run starts from; nil when it starts from nothing.
  /// - Throws: `BaseError.needed` when its method needs a base.
  public static func base(of start: StartSection, isolate: Bool) throws -> LoadedBase? {
    guard let from = start.from else {
      if start.isAdapter { throw BaseError.needed(method: start.method.rawValue) }
      return nil
    }
    return try LoadedBase(checkpoint(from, isolate: isolate))
  }

  /// What an adapter was trained on; nil for a checkpoint that is none.
  public static func base(of blueprint: Blueprint, adapter: String, given: String?, isolate: Bool) throws
    -> LoadedBase?
  {
    try LoadedBase.find(for: blueprint, adapter: adapter, given: given) { path in
      FileManager.default.fileExists(atPath: path) ? try checkpoint(path, isolate: isolate) : nil
    }
  }

  /// A checkpoint, or the newest good one of a run's folder.
  /// - Parameter isolate: whether it is read in a process of its own, as a stranger's.
  public static func checkpoint(_ path: String, isolate: Bool) throws -> LoadedCheckpoint {
    guard let folder = CheckpointFolder.at(path, isolate: isolate) else {
      let checkpoint = try CheckpointFile.read(path, isolate: isolate)
      for warning in checkpoint.warnings { standardError("\(warning)\n") }
      return checkpoint
    }
    guard let found = try folder.newest() else {
      throw Failure(
        .missingInput, "There is no checkpoint in \(path); give a checkpoint file or a run's output folder.")
    }
    for warning in found.warnings { standardError("\(warning)\n") }
    return found.checkpoint
  }

  /// The number of working threads.
  public static var threads: Int { Parallel.threads }

  /// Sets the number of working threads.
  public static func setThreads(_ threads: Int?) throws {
    guard let threads else { return }
    guard threads > 0 else { throw Failure(.usage, "--threads must be at least 1.") }
    Parallel.threads = threads
  }
}
