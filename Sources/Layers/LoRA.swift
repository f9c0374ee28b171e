/// What low-rank adapters a model has: which weights, and how large.
///
///     y = x Wᵀ + b + alpha/rank · (x Aᵀ) Bᵀ        A [rank, in], B [out, rank]
///
/// Training A and B in place of a frozen W [out, in] takes the optimizer's memory for rank · (in + out) values only. Hu et
/// al., "LoRA: low-rank adaptation of large language models", 2021. `Linear` adds the adapter to each weight that is
/// targeted; other parameters have none, whatever the patterns say.
public struct LoRA: Sendable, Equatable {
  /// The rank of what is added to a weight, at least 1 and at most the smaller side of the weight.
  public let rank: Int
  /// What the product is multiplied by, times the rank.
  public let alpha: Double
  /// The weights of linear layers that have an adapter.
  public let targets: [NamePattern]

  /// Adapters of one rank for the weights that the patterns match.
  public init(rank: Int, alpha: Double, targets: [NamePattern]) {
    precondition(rank > 0, "an adapter has a rank of at least 1")
    self.rank = rank
    self.alpha = alpha
    self.targets = targets
  }

  /// What (x Aᵀ) Bᵀ is multiplied by.
  public var scale: Double { alpha / Double(rank) }
}
