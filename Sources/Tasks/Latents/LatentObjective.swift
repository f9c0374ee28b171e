import Clips
import Layers
import Objectives

/// An objective whose model sees clips as latents: clips of pixels are encoded first, and latents taken as they are.
public struct LatentObjective: Objective {
  private let autoencoder: FrozenAutoencoder
  private let objective: any Objective

  /// An objective behind an autoencoder.
  public init(_ objective: any Objective, behind autoencoder: FrozenAutoencoder) {
    self.objective = objective
    self.autoencoder = autoencoder
  }

  /// The objective's; those of the autoencoder are not trained.
  public var parameters: ParameterStore { objective.parameters }
  /// The objective's.
  public var conditionTitle: String { objective.conditionTitle }
  /// The objective's.
  public var heldOutConditions: [String] { objective.heldOutConditions }

  /// Encodes, then asks the objective.
  public func addGradients(_ examples: Examples, at position: Position, share: Double) -> [Double] {
    objective.addGradients(autoencoder.encoded(examples), at: position, share: share)
  }

  /// Encodes.
  public func prepared(_ examples: Examples) -> Examples { objective.prepared(autoencoder.encoded(examples)) }

  /// Encodes what is not prepared, then asks the objective.
  public func heldOutLosses(_ examples: Examples, condition: Int, at position: Position) -> [Double] {
    objective.heldOutLosses(autoencoder.encoded(examples), condition: condition, at: position)
  }
}
