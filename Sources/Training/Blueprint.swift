import Clips
import DataParallel
import Layers
import Manifests
import Objectives
import Optimizers
import Ranks
import Recipes
import Tasks
import Tensors

/// What it takes to build a run's model again: its recipe, and what was noted when it began.
public struct Blueprint: Sendable {
  /// The recipe, which decides all sizes.
  public let recipe: Recipe
  /// What the task noted of the training clips.
  public let facts: TaskFacts
  /// What the run started from, if it did not start from nothing.
  public let base: Base?
  /// A fingerprint of the training clips, as the manifest names them: positions of the order mean clips of this list.
  let clips: String

  /// The weights that a run started from.
  public struct Base: Sendable, Equatable {
    /// Where they lay.
    public let path: String
    /// The SHA-256 of all names, shapes and values.
    public let weightsHash: String
    /// Tables that have more rows now: by parameter name, the rows of the base.
    public let grownTables: [String: Int]
  }

  /// A new run's blueprint.
  ///
  /// - Parameter base: what the run starts from, if anything: what the numbers in it mean does not change.
  /// - Throws: `PatternError`, and what the task says of clips and base that do not fit.
  public init(_ recipe: Recipe, _ manifest: Manifest, base: LoadedBase? = nil) throws {
    let facts = try recipe.task.facts(of: manifest, base: base?.blueprint.facts)
    let grown = try base.map { try recipe.task.grownTables(from: $0.blueprint.facts, to: facts) }
    self.init(
      recipe, facts: facts, clips: manifest.listHash,
      base: base.map { Base(path: $0.path, weightsHash: $0.weightsHash, grownTables: grown ?? [:]) })
    try checkPatterns()
  }

  init(_ recipe: Recipe, facts: TaskFacts, clips: String, base: Base?) {
    self.recipe = recipe
    self.facts = facts
    self.clips = clips
    self.base = base
  }

  /// Whether these are the clips that the run began with.
  public func isOf(_ manifest: Manifest) -> Bool { clips == manifest.listHash }

  /// The same for the rest of a run, under a recipe that differs in nothing the model depends on.
  ///
  /// - Parameter basePath: where the base lies now, if it is still there.
  /// - Throws: `PatternError`.
  public func goingOn(_ recipe: Recipe, basePath: String?) throws -> Blueprint {
    let base = base.map {
      Base(path: basePath ?? $0.path, weightsHash: $0.weightsHash, grownTables: $0.grownTables)
    }
    let blueprint = Blueprint(recipe, facts: facts, clips: clips, base: base)
    try blueprint.checkPatterns()
    return blueprint
  }

  /// What is trained, frozen and adapted.
  public var policy: ParameterPolicy {
    var policy = recipe.start.policy(for: recipe.task, grown: base?.grownTables ?? [:])
    policy.computePrecision = recipe.training.computePrecision
    return policy
  }

  /// The model and what belongs to it, its parameters registered and not yet allocated.
  ///
  /// - Parameter depths: numbers of blocks by the names of stacks, if not those of the recipe.
  /// - Throws: what the task says of facts that are not its own.
  public func makeSubject(depths: [String: Int] = [:]) throws -> Subject {
    try recipe.task.subject(
      BuildContext(
        facts: facts, policy: policy, batch: recipe.training.batchSize,
        recomputesBlocks: recipe.training.activationCheckpointing,
        savedPrecision: recipe.training.savedActivations, depths: depths))
  }

  /// What one of several ranks does of each step.
  func share(of parameters: ParameterStore, among group: RankGroup = .alone, units: Int? = nil) -> StepShare {
    let optimizer = recipe.optimizer
    let whole =
      optimizer.kind == .muon
      ? Set(Muon.matrices(of: parameters, excluding: muonExcluded).map(\.name)) : []
    return StepShare(
      parameters, units: units ?? recipe.training.gradientAccumulation, among: group
    ) { !optimizer.constants.isCautious && !whole.contains($0.name) }
  }

  /// The optimizer of parameters, which must be allocated.
  /// - Parameter pieces: what it updates of them.
  func makeOptimizer(_ parameters: ParameterStore, of pieces: [ParameterPiece]) -> any Optimizer {
    let optimizer = recipe.optimizer
    switch optimizer.kind {
    case .adamW: return AdamW(parameters, optimizer.constants, of: pieces)
    case .muon:
      let constants = Muon.Constants(
        momentum: optimizer.muon.momentum, weightDecay: optimizer.constants.weightDecay,
        rateFactor: optimizer.muon.learningRate / optimizer.learningRate,
        blockSize: optimizer.muon.blockSize)
      return Muon(
        parameters, constants, rest: optimizer.constants, excluding: muonExcluded, of: pieces)
    }
  }

  /// The matrices that Muon leaves to AdamW: those that the recipe names, or else the task's first and last layers.
  var muonExcluded: [NamePattern] {
    let named = recipe.optimizer.muon.exclude
    return named.isEmpty ? recipe.task.muonExcluded : named
  }

  /// How the average of the weights follows them; nil when there is none.
  var averageLaw: AverageLaw? {
    let optimizer = recipe.optimizer
    return optimizer.emaDecay > 0
      ? AverageLaw(decay: optimizer.emaDecay, isApproached: optimizer.approachesEmaDecay) : nil
  }

  /// A step of training.
  /// - Parameter share: what this process does of it.
  func makeStep(
    _ objective: any Objective, _ optimizer: any Optimizer, _ share: StepShare
  ) -> TrainingStep {
    TrainingStep(
      objective, optimizer, gradientClipNorm: recipe.optimizer.gradientClipNorm,
      spikeFactor: recipe.optimizer.spikeFactor, averageLaw: averageLaw, share: share,
      adding: recipe.training.reduction)
  }

  /// The shape of a training clip.
  public var clipShape: ClipShape { recipe.data.clipShape }
}
