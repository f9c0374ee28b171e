import Checkpoints
import Foundation
import Models
import Recipes
import Tensors
import Training
import Video

/// Loads what commands are given, with what the user should know said on standard error.
public enum Inputs {
  /// A checkpoint's model with averaged weights, and its blueprint. `path` is a file, or a run's folder, which stands for
  /// its newest good checkpoint.
  public static func model(_ path: String) throws -> (
    model: TextToVideoModel, blueprint: Blueprint, path: String
  ) {
    let checkpoint = try checkpoint(path)
    let blueprint = try Blueprint(checkpoint)
    return (try TextToVideoModel(checkpoint, blueprint), blueprint, checkpoint.path)
  }

  /// A checkpoint, or the newest good one of a run's folder.
  public static func checkpoint(_ path: String) throws -> LoadedCheckpoint {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), isFolder.boolValue else {
      let checkpoint = try CheckpointFile.read(path)
      for warning in checkpoint.warnings { standardError("\(warning)\n") }
      return checkpoint
    }
    let inner = RunFolder(path).checkpoints
    let folder = CheckpointFolder(FileManager.default.fileExists(atPath: inner) ? inner : path)
    guard let found = try folder.newest() else {
      throw Failure(
        .missingInput, "There is no checkpoint in \(path); give a checkpoint file or a run's output folder.")
    }
    for warning in found.warnings { standardError("\(warning)\n") }
    return found.checkpoint
  }

  /// Sets the number of working threads.
  public static func setThreads(_ threads: Int?) throws {
    guard let threads else { return }
    guard threads > 0 else { throw Failure(.usage, "--threads must be at least 1.") }
    Parallel.threads = threads
  }
}

/// The files of a run.
public struct RunFolder: Sendable {
  /// Where the folder lies.
  public let path: String
  /// The folder at `path`.
  public init(_ path: String) { self.path = path }
  /// Checkpoints, the step in their names.
  public var checkpoints: String { path + "/checkpoints" }
  /// The whole recipe, defaults filled in.
  public var recipe: String { path + "/recipe.json" }
  /// A JSON object a line for each step and validation.
  public var metrics: String { path + "/metrics.jsonl" }
  /// Clips that could not be read.
  public var quarantine: String { path + "/quarantine.jsonl" }
  /// The clips that the run began with.
  public var clips: String { path + "/clips.jsonl" }
  /// Samples of a step.
  public func samples(step: Int) -> String { path + String(format: "/samples/step-%06d", step) }
}
