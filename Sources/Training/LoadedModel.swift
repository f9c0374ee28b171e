import Checkpoints
import Tasks

/// A model of a checkpoint, ready to run forward with its averaged weights.
public struct LoadedModel {
  /// The model and what belongs to it; it has no gradients.
  public let subject: Subject
  /// What it is built from.
  public let blueprint: Blueprint
  /// Where the checkpoint was read.
  public let path: String

  /// Builds the model of a checkpoint.
  ///
  /// - Parameter base: what an adapter was trained on; whole checkpoints need none.
  /// - Throws: `CheckpointError` and `LoadingError` when the tensors are not the model's.
  public init(_ checkpoint: LoadedCheckpoint, _ blueprint: Blueprint, base: LoadedBase? = nil) throws {
    self.blueprint = blueprint
    path = checkpoint.path
    subject = try blueprint.makeSubject()
    let parameters = subject.parameters
    let isWhole = !blueprint.recipe.start.isAdapter
    try parameters.requireFit(checkpoint, in: CheckpointGroup.average, frozenToo: isWhole)
    if let base { try parameters.requireFit(base, blueprint) }
    parameters.allocate(seed: UInt64(blueprint.recipe.seed), withGradients: false, withAverage: false)
    if let base { try parameters.load(base, blueprint) }
    try parameters.read(
      RunState.Group(name: CheckpointGroup.average, buffer: parameters.values), from: checkpoint,
      frozenToo: isWhole)
  }
}

extension LoadedBase {
  /// The base of an adapter: the file that `given` names, or where it lay when the adapter was trained, or beside it.
  ///
  /// - Parameters:
  ///   - read: reads a checkpoint, or the newest of a run's folder; nil when there is none.
  /// - Returns: nil for a checkpoint that is no adapter.
  /// - Throws: `BaseError` when it is not there, or has other weights.
  public static func find(
    for blueprint: Blueprint, adapter: String, given: String?, read: (String) throws -> LoadedCheckpoint?
  ) throws -> LoadedBase? {
    guard blueprint.recipe.start.isAdapter, let wanted = blueprint.base else { return nil }
    var (other, problem): (LoadedBase?, (any Error)?)
    for place in given.map({ [$0] }) ?? wanted.places(beside: adapter) {
      do {
        guard let checkpoint = try read(place) else { continue }
        let base = try LoadedBase(checkpoint)
        if base.weightsHash == wanted.weightsHash { return base }
        other = other ?? base
      } catch {
        // Checkpoints of all runs have the same names: beside the adapter it may be the adapter that bears the base's.
        if given == nil, case BaseError.isAdapter = error { continue }
        problem = problem ?? error
      }
    }
    if let other {
      throw BaseError.otherWeights(adapter: adapter, base: other.path, wanted: wanted.weightsHash)
    }
    throw problem ?? BaseError.notFound(adapter: adapter, base: given ?? wanted.path)
  }
}

extension Blueprint.Base {
  /// Where the base of an adapter may lie: where it lay then, beside the adapter, or a folder further up.
  fileprivate func places(beside adapter: String) -> [String] {
    let name = path.split(separator: "/").last.map(String.init) ?? path
    let folder = adapter.contains("/") ? String(adapter[..<adapter.lastIndex(of: "/")!]) : "."
    return [path, "\(folder)/\(name)", "\(folder)/../\(name)"]
  }
}
