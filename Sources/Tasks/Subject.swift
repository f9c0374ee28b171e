import Clips
import Evaluation
import Layers
import Objectives
import Sampling
import Tensors

/// All that trainer, plan, samples and evaluation see of a model.
public struct Subject {
  /// All of its parameters.
  public let parameters: ParameterStore
  /// What is asked of it: loss and gradients.
  public let objective: any Objective
  /// Makes clips, for kinds that generate.
  public let sampler: (any Sampler)?
  /// Gives clips back from what it makes of them, for autoencoders.
  public let reconstructor: (any Reconstructor)?
  /// What is measured on held-out clips; the first one with a `choice` says which checkpoint is best.
  public let evaluators: [any Evaluator]
  /// What vfm-eval measures beside them, of parts that training does not change: the autoencoder of a latent model.
  public let apart: [any Evaluator]
  /// Tells classes apart, for kinds that do.
  public let scorer: (any ClassScorer)?
  /// Whether the evaluators read the classes of held-out clips, which then are taken from all over their list.
  public let measuresClasses: Bool
  /// Gives the tokens behind its blocks, for kinds that have some.
  public let features: (any FeatureSource)?
  /// z, f, h and w of the latents of a clip, for kinds that learn from latents.
  public let latentShape: (@Sendable (ClipShape) -> [Int])?

  /// A subject of these parts.
  public init(
    parameters: ParameterStore, objective: any Objective, sampler: (any Sampler)? = nil,
    reconstructor: (any Reconstructor)? = nil, evaluators: [any Evaluator], apart: [any Evaluator] = [],
    scorer: (any ClassScorer)? = nil,
    measuresClasses: Bool = false, features: (any FeatureSource)? = nil,
    latentShape: (@Sendable (ClipShape) -> [Int])? = nil
  ) {
    self.parameters = parameters
    self.objective = objective
    self.sampler = sampler
    self.reconstructor = reconstructor
    self.evaluators = evaluators
    self.apart = apart
    self.scorer = scorer
    self.measuresClasses = measuresClasses || scorer != nil
    self.features = features
    self.latentShape = latentShape
  }

  /// Made-up examples for plans and trials, such as a run learns from.
  /// - Parameter latents: whether the run learns from kept latents.
  public func madeUp(_ count: Int, shape: ClipShape, latents: Bool, captions: [String]) -> Examples {
    guard latents, let latentShape else { return .madeUp(count, shape: shape, captions: captions) }
    return .madeUp(count, latents: latentShape(shape), captions: captions)
  }
}

/// What a task is built with beside its own keys.
public struct BuildContext {
  /// What was noted of the training clips.
  public let facts: TaskFacts
  /// Which parameters are trained, frozen and adapted.
  public let policy: ParameterPolicy
  /// Clips of a pass.
  public let batch: Int
  /// Whether blocks keep only their input for the backward pass, which computes the rest again.
  public let recomputesBlocks: Bool
  /// How what blocks keep for the backward pass lies in memory.
  public let savedPrecision: Precision
  /// Numbers of blocks by the names of stacks, if not those of the recipe.
  public let depths: [String: Int]

  /// A context; by default all blocks are as the recipe says, and keep what backward reads.
  public init(
    facts: TaskFacts, policy: ParameterPolicy = .trainEverything, batch: Int, recomputesBlocks: Bool = false,
    savedPrecision: Precision = .float32, depths: [String: Int] = [:]
  ) {
    self.facts = facts
    self.policy = policy
    self.batch = batch
    self.recomputesBlocks = recomputesBlocks
    self.savedPrecision = savedPrecision
    self.depths = depths
  }
}
