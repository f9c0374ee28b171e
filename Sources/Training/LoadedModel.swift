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
    parameters.allocate(seed: UInt64(blueprint.recipe.seed), withGradients: false, withAverage: false)
    if let base { try parameters.load(base, blueprint) }
    try parameters.read(
      RunState.Group(name: CheckpointGroup.average, buffer: parameters.values), from: checkpoint,
      frozenToo: !blueprint.recipe.start.isAdapter)
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
    func parts(_ path: String) -> [Substring] { path.split(separator: "/") }
    let name = parts(wanted.path).last.map(String.init) ?? wanted.path
    let folder = adapter.contains("/") ? String(adapter[..<adapter.lastIndex(of: "/")!]) : "."
    let places = given.map { [$0] } ?? [wanted.path, "\(folder)/\(name)", "\(folder)/../\(name)"]
    for place in places {
      guard let checkpoint = try read(place) else { continue }
      let base = try LoadedBase(checkpoint)
      if base.weightsHash == wanted.weightsHash { return base }
      if given != nil || place == places.last {
        throw BaseError.otherWeights(adapter: adapter, base: place, wanted: wanted.weightsHash)
      }
    }
    throw BaseError.notFound(adapter: adapter, base: given ?? wanted.path)
  }
}
