import Tensors

/// The parameters of Wan's attention, self and cross alike: projections D → D, and norms of queries and keys that run
/// over the whole width, before it is split into heads.
public struct AttentionProjections {
  /// Projections D → D.
  public let query: Linear, key: Linear, value: Linear, output: Linear
  /// Norms over D.
  public let queryNorm: RMSNorm, keyNorm: RMSNorm

  /// Registers `to_q`, `to_k`, `to_v`, `to_out.0`, `norm_q` and `norm_k` in the scope.
  init(_ scope: Scope, width: Int) {
    query = Linear(scope("to_q"), width, width)
    key = Linear(scope("to_k"), width, width)
    value = Linear(scope("to_v"), width, width)
    output = Linear(scope("to_out")(0), width, width)
    queryNorm = RMSNorm(scope("norm_q"), width: width)
    keyNorm = RMSNorm(scope("norm_k"), width: width)
  }
}
