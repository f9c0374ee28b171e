import Fields
import Layers
import Tasks
import Tensors

/// What a new run starts from, and what of it is trained.
public struct StartSection: Equatable, Sendable {
  /// What is trained of a model.
  public enum Method: String, CaseIterable, Sendable {
    /// All of it.
    case full
    /// Low-rank adapters beside its linear layers; the layers themselves are frozen.
    case lora
    /// What the task puts on top; all below is frozen.
    case head
  }

  /// A checkpoint, or a run's folder, whose averaged weights the run begins with.
  public let from: String?
  /// What is trained.
  public let method: Method
  /// The rank of adapters, and alpha, which divided by it scales them.
  public let rank: Int, alpha: Double
  /// The linear layers that adapters go to; the task's own choice if there are none.
  public let targets: [NamePattern]
  /// Parameters that stay as they are.
  public let frozen: [NamePattern]
  /// How frozen values are kept in memory.
  public let frozenPrecision: Precision
  /// Learning rates by parameter, as factors of the recipe's.
  public let learningRates: [RateFactor]
  /// What the learning rate is multiplied by for each block further from the output.
  public let layerDecay: Double
  /// Parameters that are drawn anew, whatever the base holds.
  public let fresh: [NamePattern]
  /// Parameters of the base that this model does not have.
  public let unused: [NamePattern]

  /// Declares the section's keys.
  init(_ section: Section) {
    from = section.optionalString(
      "from",
      "The base: a checkpoint, or a run's folder for its newest one, whose averaged weights the run begins with. It is "
        + "read when a run begins, and adapters need it ever after.")
    method = section.choice(
      "method", default: Method.full,
      "What is trained: all of the model, low-rank adapters beside its linear layers (LoRA), or its head alone."
    )
    (rank, alpha, targets) = section.section("lora", "Adapters, for the method lora.") { section in
      let rank = section.integer(
        "rank", 1...4096, default: 8, "Rows of an adapter's first factor: how much it can change.")
      let alpha = section.number(
        "alpha", .above(0, through: 65_536), default: Double(rank), from: "start.lora.rank",
        "The adapter's output is multiplied by alpha / rank.")
      let targets = section.strings(
        "targets", atMost: 64,
        "Patterns of the linear layers that are adapted, as in [\"*.attn1\", \"*.ffn\"]; none for the task's own "
          + "choice, attention and feed-forward. A pattern is a parameter's name or its beginning up to a dot; * stands "
          + "for any characters.")
      return (rank, alpha, targets.map(NamePattern.init))
    }
    frozen = section.strings(
      "frozen", atMost: 64,
      "Patterns of parameters that are not trained, as in [\"text_encoder\"] (for the method full; the others freeze all "
        + "but their own)."
    ).map(NamePattern.init)
    frozenPrecision = section.choice(
      "frozenPrecision", default: Precision.float32,
      "How frozen values are kept in memory: bfloat16 takes half of it and rounds them to 8 bits of precision."
    )
    learningRates = section.numbersByName(
      "learningRates", .from(0, through: 1000),
      "Factors of the learning rate by pattern, as in {\"text_encoder\": 0.1}; of several that match the last counts."
    ).map { RateFactor(pattern: NamePattern($0.key), factor: $0.value) }
    layerDecay = section.number(
      "layerDecay", .above(0, through: 1), default: 1,
      "What the learning rate is multiplied by for each block further from the output; 1 for the same rate everywhere."
    )
    fresh = section.strings(
      "fresh", atMost: 64,
      "Patterns of parameters that are drawn anew and trained, whether or not the base has them: a new head, say."
    ).map(NamePattern.init)
    unused = section.strings(
      "unused", atMost: 64,
      "Patterns of the base's parameters that this model does not have; others are refused."
    ).map(NamePattern.init)
  }

  /// Whether a checkpoint of the run holds what was trained alone and names its base.
  public var isAdapter: Bool { method != .full }

  /// What this means for the parameters of a task's model.
  ///
  /// - Parameter grown: tables that have more rows than the base's, with the rows of the base: where the method freezes
  ///   the table, the new rows are trained all the same.
  public func policy(for task: any VideoTask, grown: [String: Int]) -> ParameterPolicy {
    var policy = ParameterPolicy.trainEverything
    policy.frozenPrecision = frozenPrecision
    switch method {
    case .full:
      policy.frozen = frozen
      policy.trained = fresh
    case .lora:
      policy.frozen = [NamePattern("*")]
      policy.trained = task.trainedBesideAdapters + fresh
      policy.lora = LoRA(
        rank: rank, alpha: alpha, targets: targets.isEmpty ? task.adapterTargets : targets)
    case .head:
      policy.frozen = [NamePattern("*")]
      policy.trained = task.head + fresh
    }
    policy.rateFactors = decays(task.stacks) + learningRates
    policy.keptRows = grown.filter { policy.isFrozen($0.key) }
    return policy
  }

  /// Layer-wise decay: the last block of a stack has the recipe's rate, and what lies before a stack's first block the
  /// least.
  private func decays(_ stacks: [Stack]) -> [RateFactor] {
    guard layerDecay < 1 else { return [] }
    func power(_ exponent: Int) -> Double { (0..<exponent).reduce(1.0) { factor, _ in factor * layerDecay } }
    return stacks.flatMap { stack in
      stack.before.map { RateFactor(pattern: $0, factor: power(stack.depth)) }
        + (0..<stack.depth).map {
          RateFactor(pattern: NamePattern("\(stack.name).\($0)"), factor: power(stack.depth - 1 - $0))
        }
    }
  }
}
