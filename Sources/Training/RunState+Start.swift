import Checkpoints
import Layers
import Recipes
import Tokens

/// Why a run cannot start from a checkpoint.
public enum StartError: Error, Equatable, CustomStringConvertible {
  /// Its token ids mean other things.
  case otherTokenizer(path: String, theirs: String, ours: String)
  /// Parameters of one name have different shapes, a sentence each.
  case otherShapes(path: String, [String])
  /// No parameter has the name of one of the model's.
  case nothingShared(path: String)

  /// One sentence with a remedy.
  public var description: String {
    switch self {
    case .otherTokenizer(let path, let theirs, let ours):
      "training.start: \(path) reads captions as \(theirs), and tokenizer.kind is \(ours); set it to \(theirs)."
    case .otherShapes(let path, let differences):
      "training.start: parameters of \(path) have other shapes than this recipe's: "
        + differences.prefix(8).joined(separator: "; ")
        + (differences.count > 8 ? "; and \(differences.count - 8) more" : "")
        + ". Give the model the sizes that the checkpoint's recipe has."
    case .nothingShared(let path):
      "training.start: \(path) has no parameter of this model; give a checkpoint of a training run."
    }
  }
}

/// What a run took over from the checkpoint that it starts from.
public struct StartReport: Sendable, Equatable {
  /// How many parameters began with the checkpoint's values.
  public let taken: Int
  /// The names of those that it lacks, which are drawn as in any new run.
  public let fresh: [String]
}

extension RunState {
  /// Gives the parameters of a run at its beginning the averaged values of a checkpoint, name by name.
  ///
  /// - Throws: `StartError` when a shape differs or no name is shared.
  @discardableResult
  public func begin(from start: LoadedCheckpoint) throws -> StartReport {
    let (parameters, group) = (model.parameters, "average")
    let differences = parameters.entries.compactMap { entry -> String? in
      guard let shape = start.shape(entry.name, in: group), shape != entry.shape else { return nil }
      return "\(entry.name) is \(shape) instead of \(entry.shape)"
    }
    guard differences.isEmpty else { throw StartError.otherShapes(path: start.path, differences) }
    let shared = parameters.entries.filter { start.shape($0.name, in: group) != nil }
    guard !shared.isEmpty else { throw StartError.nothingShared(path: start.path) }
    for entry in shared {
      try parameters.write(entry) { try start.read(entry.name, in: group, into: $0) }
    }
    optimizer.average.copy(from: parameters.values)
    return StartReport(
      taken: shared.count,
      fresh: parameters.entries.map(\.name).filter { start.shape($0, in: group) == nil })
  }
}

extension Blueprint {
  /// The tokenizer of the checkpoint that a run starts from.
  static func tokenizer(of start: LoadedCheckpoint, kind: TokenizerKind) throws -> any Tokenizer {
    let tokenizer = try Blueprint(start).tokenizer
    guard tokenizer.kind == kind else {
      throw StartError.otherTokenizer(
        path: start.path, theirs: tokenizer.kind.rawValue, ours: kind.rawValue)
    }
    return tokenizer
  }
}
