import Checkpoints
import DataParallel
import Evaluation
import Hashing
import Layers
import Optimizers
import Ranks
import Tasks
import Tensors

/// All that a run is at one moment: what a checkpoint holds, and what resuming needs to go on bit for bit.
public final class RunState {
  /// What the model is built from.
  public let blueprint: Blueprint
  /// The model, with gradients, and what belongs to it.
  public let subject: Subject
  /// Its own state, and updates.
  public let optimizer: any Optimizer
  /// What this process does of each step.
  let share: StepShare
  /// Steps done. The order of clips, crops, noise and times follows from seed and step.
  public internal(set) var step = 0
  /// The SHA-256 of the run's `clips.jsonl`; nil for a run without one.
  public var clipList: String?
  /// What names the clips of each shape (`ClipBuckets.digest`); nil for a run of one shape.
  public var clipBuckets: String?
  /// The steps of late whose weights were left as they were.
  var refused = RefusedSteps()
  /// The gradient norms of the last steps that were not.
  var norms = RecentNorms()
  /// The same for each shape, in a run of several.
  var normsByShape = ShapeNorms()
  /// How many steps' clips were passed over when the run went back to a checkpoint; 0 if it never did.
  public internal(set) var skippedSteps = 0
  /// Whether held-out clips are to be looked at before the next step: the run was stopped while it did.
  var owesLook = false
  /// Whether it is saved only because the run was stopped, which decides nothing that comes.
  var isSavedByStop = false
  /// What the evaluators measured on held-out clips at the run's first look, by their titles.
  var firstLook: [String: [Evaluation.Figure]] = [:]
  /// The least held-out loss so far, or what else checkpoints of this kind are chosen by.
  public internal(set) var best: Best?
  /// Looks at held-out clips since then.
  var looksWithoutBetter = 0

  /// The least held-out loss of a run.
  public struct Best: Sendable, Equatable {
    /// The loss, and the step after which it was measured.
    public let loss: Double, step: Int
    /// The SHA-256 of the list of clips that it was measured on; nil in checkpoints that do not tell.
    public let clips: String?
  }

  /// A run at its beginning, its parameters drawn.
  /// - Parameters:
  ///   - base: what it is to begin from, whose shapes are compared before any memory is taken.
  ///   - group: the ranks that train it, each of which has a share of the optimizer's state.
  /// - Throws: what the task says of facts that are not its own; `LoadingError`.
  public init(_ blueprint: Blueprint, base: LoadedBase? = nil, among group: RankGroup = .alone) throws {
    self.blueprint = blueprint
    subject = try blueprint.makeSubject()
    if let base {
      try subject.parameters.requireFit(base, blueprint)
    }
    subject.parameters.allocate(
      seed: UInt64(blueprint.recipe.seed), withAverage: blueprint.averageLaw != nil)
    share = blueprint.share(of: subject.parameters, among: group)
    optimizer = blueprint.makeOptimizer(subject.parameters, of: share.pieces)
  }

  /// The place in the data: the step, as the loader counts them, whose clips come next.
  public var loaderStep: Int { step + skippedSteps }

  /// The ranks that train it.
  public var group: RankGroup { share.group }

  /// Units of a step, and which of them this rank learns from.
  public var units: Int { share.units.count }
  /// Units of a step, and which of them this rank learns from.
  public var ownUnits: Range<Int> { share.ownUnits }

  /// One SHA-256 of all weights and their average, which are the same on all ranks.
  public var weightsDigest: String {
    var hash = SHA256()
    hash.update(UnsafeRawBufferPointer(parameters.values.buffer))
    hash.update(UnsafeRawBufferPointer(parameters.average.buffer))
    for entry in parameters.entries where entry.isFrozen {
      hash.update(UnsafeRawBufferPointer(parameters.values(of: entry).widened.buffer))
    }
    return hash.finish()
  }

  /// All parameters.
  public var parameters: ParameterStore { subject.parameters }

  /// Gives the parameters of a run at its beginning the values of its base.
  ///
  /// - Throws: `LoadingError` when they are not those of the model, `BaseError.otherKind`, `BaseFitError`.
  @discardableResult
  public func begin(from base: LoadedBase) throws -> LoadingReport {
    let report = try parameters.load(base, blueprint)
    parameters.average.copy(from: parameters.values)
    return report
  }

  /// Takes over a checkpoint of a run of this blueprint; where it is an adapter, the run has begun from its base.
  ///
  /// - Throws: `CheckpointError` when its tensors are not this model's.
  public func restore(_ checkpoint: LoadedCheckpoint) throws {
    for group in groups { try parameters.read(group, from: checkpoint, frozenToo: holdsFrozen) }
    for group in slotGroups { try group.read(from: checkpoint, isShare: self.group.count > 1) }
    step = try checkpoint.count(Key.step)
    optimizer.updates = try checkpoint.count(Key.updates)
    guard
      let refused = RefusedSteps(
        inARow: try checkpoint.count(Key.refusals), checkpoint.optionalText(Key.refusedSteps) ?? ""),
      let norms = RecentNorms(checkpoint.optionalText(Key.norms) ?? ""),
      let normsByShape = ShapeNorms(checkpoint.optionalText(Key.normsByShape) ?? "")
    else { throw checkpoint.makesNoSense("its numbers of steps") }
    (self.refused, self.norms, self.normsByShape) = (refused, norms, normsByShape)
    skippedSteps = try checkpoint.attributes[Key.skippedSteps] == nil ? 0 : checkpoint.count(Key.skippedSteps)
    owesLook = checkpoint.attributes[Key.owesLook] != nil
    isSavedByStop = checkpoint.attributes[Key.savedByStop] != nil
    clipList = Self.clipList(of: checkpoint)
    clipBuckets = checkpoint.optionalText(Key.clipBuckets)
    firstLook = try Self.firstLook(of: checkpoint)
    (best, looksWithoutBetter) = (nil, 0)
    if case .number(let loss) = checkpoint.attributes[Key.bestLoss],
      case .integer(let step) = checkpoint.attributes[Key.bestStep]
    {
      best = Best(loss: loss, step: step, clips: checkpoint.optionalText(Key.bestClips))
      looksWithoutBetter = try checkpoint.count(Key.looks)
    }
  }

  /// The SHA-256 of the `clips.jsonl` of a checkpoint's run, if it has one.
  public static func clipList(of checkpoint: LoadedCheckpoint) -> String? {
    checkpoint.optionalText(Key.clipList)
  }

  /// One SHA-256 over a checkpoint's training state: parameters, moments, average, step and position in the data; not
  /// times, paths or threads.
  public static func hash(_ checkpoint: LoadedCheckpoint) throws -> String {
    try stateHash(of: checkpoint, attributes: Key.hashed)
  }

  /// The same over the run as it is now.
  public var hash: String { stateHash(of: contents, attributes: Key.hashed) }
}
