import Checkpoints
import Recipes
import Tasks

/// A checkpoint that a run starts from.
public struct LoadedBase: Sendable {
  /// What its model was built from.
  public let blueprint: Blueprint
  /// Its averaged weights.
  public let weights: any TensorSource & Sendable
  /// The SHA-256 of these.
  public let weightsHash: String
  /// Where it was read.
  public var path: String { weights.path }

  /// The base that a checkpoint is.
  /// - Throws: `BaseError.isAdapter` for an adapter, which holds no weights of its own.
  public init(_ checkpoint: LoadedCheckpoint) throws {
    blueprint = try Blueprint(checkpoint)
    if blueprint.recipe.start.isAdapter { throw BaseError.isAdapter(path: checkpoint.path) }
    let (stored, tables) = (CheckpointWeights(checkpoint), blueprint.policy.keptRows.keys)
    weights = tables.isEmpty ? stored : WholeTables(stored, tables: tables)
    weightsHash = try weights.weightsHash()
  }
}

/// Why a checkpoint does not serve as a base.
public enum BaseError: Error, Equatable, CustomStringConvertible {
  /// It holds an adapter alone.
  case isAdapter(path: String)
  /// Its model is of another kind.
  case otherKind(path: String, theirs: String, ours: String)
  /// It is not the one that the adapter was trained on.
  case otherWeights(adapter: String, base: String, wanted: String)
  /// It is not the one that a run began with.
  case otherStart(run: String, base: String, began: Blueprint.Base)
  /// It is nowhere to be found.
  case notFound(adapter: String, base: String)
  /// The run freezes what it never loaded.
  case needed(method: String)

  /// One sentence with a remedy.
  public var description: String {
    switch self {
    case .isAdapter(let path):
      "\(path) is an adapter, which holds no weights of its own; make whole weights of it with vfm-train merge first."
    case .otherKind(let path, let theirs, let ours):
      "\(path) is of task.kind \"\(theirs)\", and the recipe of \"\(ours)\"; give a base of that kind."
    case .otherWeights(let adapter, let base, let wanted):
      "The adapter \(adapter) was trained on other weights than those of \(base) (their SHA-256 begins with "
        + "\(wanted.prefix(12))); give the base that it was trained on with --base."
    case .otherStart(let run, let base, let began):
      "\(run) holds a run that began with other weights than those of \(base): with \(began.path) (SHA-256 "
        + "\(began.weightsHash.prefix(12))…); give that base, or another --output folder to begin anew."
    case .notFound(let adapter, let base):
      "The adapter \(adapter) needs its base, \(base), which is not there; put it beside the adapter or name it with --base."
    case .needed(let method):
      "start.method: \"\(method)\" freezes the model, so it needs a base; name a checkpoint in start.from or --base."
    }
  }
}
