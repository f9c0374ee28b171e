import Checkpoints
import Clips
import Objectives
import Ranks
import Recipes
import Tasks
import Tensors

/// What a run will cost in work and memory, known before its first step: it is rehearsed with its loops and products
/// switched off.
public struct RunPlan: Sendable {
  /// The model's values, and how many of them are frozen.
  public let parameters: Int, frozenParameters: Int
  /// Tokens of a clip of the recipe's own shape, and of its caption (padding included).
  public let tokensPerClip: Int, tokensPerCaption: Int
  /// Clips of a step; where there are several shapes, in the mean of all steps.
  public let clipsPerStep: Int
  /// Floating-point operations of the products of a step, in the mean of all steps.
  public let operationsPerStep: Int
  /// The shapes that steps have, as the recipe lists them.
  public let shapes: [Shape]
  /// The most bytes that tensors hold at once in the whole run: weights, gradients, moments, average and all activations,
  /// of steps of all shapes, of looks at held-out clips and of samples.
  public let peakBytes: Int
  /// What tensors take from the system and never give back: the peak, and buffers whose sizes nothing asks for meanwhile.
  public let tensorBytes: Int
  /// Bytes of a checkpoint's file, which lies in memory once while it is saved; of several ranks all their files, which each of
  /// them has in memory when it goes on.
  public let checkpointBytes: Int
  /// Steps of the run.
  public let steps: Int

  /// The steps of one shape.
  public struct Shape: Sendable, Equatable {
    /// The shape, the clips of a step, the tokens of a clip, and the share of the run's steps, 0 to 1.
    public let batch: BatchShape
    /// Floating-point operations of the products of a step.
    public let operations: Int
    /// The most bytes that tensors hold at once in such a step.
    public let peakBytes: Int
  }

  /// Rehearses the run: three steps of each shape (the pool is settled then), a look at held-out clips, and samples.
  ///
  /// - Parameters:
  ///   - captions: some of the training captions; they decide how many text tokens there is work for.
  ///   - heldOutClips: how many clips a validation looks at; 0 for none.
  ///   - shares: how often each shape comes, if that is not what the recipe says.
  ///   - group: the ranks of the run; what is told is of one of them.
  ///   - sample: draws the samples that come while training.
  public init(
    _ blueprint: Blueprint, captions: [String] = [""], heldOutClips: Int = 0, shares: [Double]? = nil,
    among group: RankGroup = .alone, sample: (Subject) -> Void = { _ in }
  ) throws {
    let recipe = blueprint.recipe
    let batches = BatchShape.sharing(recipe.batchShapes, shares ?? recipe.shapeShares)
    let shapes = try batches.map { batch in
      let step = try Plan.rehearse { try Rehearsal(blueprint, captions, group).step(batch) }
      return Shape(batch: batch, operations: step.productOperations, peakBytes: step.memory.peakBytes)
    }
    var (parameters, frozenParameters, checkpointBytes) = (0, 0, 0)
    let run = try Plan.rehearse {
      let rehearsal = try Rehearsal(blueprint, captions, group)
      let state = rehearsal.state
      parameters = state.parameters.parameterCount
      frozenParameters = parameters - state.parameters.trainedCount
      checkpointBytes = state.checkpointBytesOfAllRanks
      for batch in batches {
        for _ in 0..<3 { rehearsal.step(batch) }
      }
      state.parameters.withAverage {
        rehearsal.validate(clips: heldOutClips)
        sample(state.subject)
      }
    }
    func mean(_ figure: (Shape) -> Int) -> Int {
      Int(shapes.reduce(0) { $0 + $1.batch.share * Double(figure($1)) }.rounded())
    }
    self.parameters = parameters
    self.frozenParameters = frozenParameters
    self.checkpointBytes = checkpointBytes
    self.shapes = shapes
    tokensPerClip = recipe.task.tokensPerClip
    tokensPerCaption = recipe.task.textLength(blueprint.facts)
    clipsPerStep = shapes.count == 1 ? batches[0].clips : mean(\.batch.clips)
    operationsPerStep = shapes.count == 1 ? shapes[0].operations : mean(\.operations)
    peakBytes = run.memory.peakBytes
    tensorBytes = run.memory.systemBytes
    steps = recipe.training.steps
  }
}

extension BatchShape {
  /// The same with shares that add up to 1.
  static func sharing(_ shapes: [BatchShape], _ shares: [Double]) -> [BatchShape] {
    let sum = shares.reduce(0, +)
    return zip(shapes, shares).map {
      BatchShape($0.shape, clips: $0.clips, tokens: $0.tokens, share: $1 / sum, steps: $0.steps)
    }
  }
}

/// The parts of a run that take memory, without clips.
private struct Rehearsal {
  let state: RunState
  private let learn: TrainingStep
  private let captions: [String]

  init(_ blueprint: Blueprint, _ captions: [String], _ group: RankGroup) throws {
    state = try RunState(blueprint, among: group)
    learn = blueprint.makeStep(state.subject.objective, state.optimizer, state.share)
    self.captions = captions
  }

  private var recipe: Recipe { state.blueprint.recipe }

  /// All clips of the step that are this rank's are read at once and learned from in parts.
  func step(_ batch: BatchShape) {
    let (own, units) = (state.share.ownUnits.count, state.share.units.count)
    let examples = state.subject.madeUp(
      batch.clips / units * own, shape: batch.shape, latents: recipe.data.latents != nil, captions: captions)
    _ = learn((0..<own).map { examples.part($0, of: own) }, at: Position(seed: 0, step: 0), rate: 0)
  }

  /// A look at held-out clips, a batch at a time.
  func validate(clips count: Int) {
    let batch = recipe.training.batchSize
    for first in stride(from: 0, to: count, by: batch) {
      let objective = state.subject.objective
      let examples = objective.prepared(
        state.subject.madeUp(
          min(batch, count - first), shape: recipe.data.clipShape, latents: recipe.data.latents != nil,
          captions: captions))
      for condition in objective.heldOutConditions.indices {
        _ = objective.heldOutLosses(examples, condition: condition, at: Position(seed: 0, step: 0))
      }
    }
  }
}
