/// The optimizers that there are.
public enum OptimizerKind: String, CaseIterable, Sendable {
  /// `AdamW` for all parameters.
  case adamW
  /// `Muon` for hidden matrices, `AdamW` for all else.
  case muon
}
