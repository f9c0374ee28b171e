import Tensors

/// What training does with the parameters of a model, by their names: which it leaves as they are, which have adapters, and
/// how fast each learns.
///
/// Layers ask for it when they register their parameters, so a model is put together by the same code whatever the policy is.
public struct ParameterPolicy: Sendable, Equatable {
  /// What training leaves as it is …
  public var frozen: [NamePattern]
  /// … but for these.
  public var trained: [NamePattern]
  /// How frozen values are kept; what is trained is always float32.
  public var frozenPrecision: Precision
  /// Low-rank adapters of some weights. Their factors are trained, whatever is frozen.
  public var lora: LoRA?
  /// Learning rates of some parameters' own. Of several that match the last one holds; without one the factor is 1.
  public var rateFactors: [RateFactor]
  /// The tables (by parameter name) that grew: their first n rows are the base's and are frozen with the table's name, the
  /// rows behind them are new and trained.
  public var keptRows: [String: Int]
  /// The precision of the factors of products in which parameters take part; parameters, gradients and sums are
  /// float32.
  public var computePrecision: Precision

  /// A policy; by default all parameters are trained at one rate.
  public init(
    frozen: [NamePattern] = [], trained: [NamePattern] = [], frozenPrecision: Precision = .float32,
    lora: LoRA? = nil, rateFactors: [RateFactor] = [], keptRows: [String: Int] = [:],
    computePrecision: Precision = .float32
  ) {
    self.frozen = frozen
    self.trained = trained
    self.frozenPrecision = frozenPrecision
    self.lora = lora
    self.rateFactors = rateFactors
    self.keptRows = keptRows
    self.computePrecision = computePrecision
  }

  /// All parameters are trained, at one rate.
  public static let trainEverything = ParameterPolicy()

  /// Whether training leaves the parameter of this name as it is. Factors of adapters and new rows of tables are not asked
  /// for: they are always trained.
  public func isFrozen(_ name: String) -> Bool {
    frozen.contains { $0.matches(name) } && !trained.contains { $0.matches(name) }
  }

  /// What the learning rate is multiplied by for the parameter of this name.
  public func rateFactor(_ name: String) -> Double {
    rateFactors.last { $0.pattern.matches(name) }?.factor ?? 1
  }
}
