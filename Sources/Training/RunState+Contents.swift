import Checkpoints
import Clips
import Layers
import Optimizers
import Tensors

extension RunState {
  /// Names of the attributes of a checkpoint; the task's facts and conventions come beside them.
  enum Key {
    static let step = "step", updates = "updates", refusals = "refusals", position = "position"
    static let refusedSteps = "refused_steps", norms = "recent_gradient_norms"
    static let normsByShape = "recent_gradient_norms_by_shape"
    static let skippedSteps = "skipped_steps", owesLook = "look_due"
    static let savedByStop = "saved_by_stop"
    static let seed = "seed", recipe = "recipe", clips = "clips_sha256", clipList = "clip_list_sha256"
    static let clipBuckets = "clip_buckets_sha256"
    static let arithmetic = "arithmetic", products = "products"
    static let basePath = "base_path", baseHash = "base_weights_sha256", grownTables = "base_table_rows"
    static let bestLoss = "best_loss", bestStep = "best_step", bestClips = "best_clips_sha256"
    static let looks = "looks_since_best", firstLook = "first_look"
    /// The adapter that whole weights were made of.
    static let mergedFrom = "merged_from"
    /// Those that say where a run goes on, and so count for its hash. What it remembers of late steps follows from them; the
    /// others describe it.
    static let hashed = [step, updates, refusals, position, seed]
    static let all =
      hashed + [
        recipe, clips, clipList, clipBuckets, arithmetic, products, basePath, baseHash, grownTables, bestLoss,
        bestStep,
        bestClips, looks, firstLook, mergedFrom, refusedSteps, norms, normsByShape, skippedSteps, owesLook,
        savedByStop,
      ]
  }

  /// A group of trained parameters in a checkpoint: its name, and the flat buffer it shows.
  struct Group {
    let name: String
    let buffer: Tensor
  }

  var groups: [Group] {
    [
      Group(name: CheckpointGroup.parameters, buffer: parameters.values),
      Group(name: CheckpointGroup.average, buffer: parameters.average),
    ]
  }

  /// The optimizer's state.
  var slotGroups: [OptimizerSlot] { optimizer.slots }

  /// Whether frozen values are in the checkpoint; an adapter names its base instead.
  var holdsFrozen: Bool { !blueprint.recipe.start.isAdapter }

  /// The frozen parameters that this rank saves: all ranks have them all, and the first one writes them.
  private var ownFrozenEntries: [ParameterStore.Entry] { group.isFirst ? frozenEntries : [] }

  private var frozenEntries: [ParameterStore.Entry] {
    holdsFrozen ? parameters.entries.filter(\.isFrozen) : []
  }

  /// Bytes of the files that all ranks write of a checkpoint, to within a few per cent.
  public var checkpointBytesOfAllRanks: Int {
    bytes(of: []) * (group.count - 1) + bytes(of: frozenEntries)
  }

  /// Bytes of this rank's file of a checkpoint, to within a few per cent.
  public var checkpointBytes: Int { bytes(of: ownFrozenEntries) }

  /// Bytes of a file with some frozen parameters.
  private func bytes(of frozen: [ParameterStore.Entry]) -> Int {
    let trained = share.pieces
    let slots = optimizer.slots.flatMap(\.tensors)
    let groups = groups.count
    return CheckpointFile.estimatedByteCount(
      tensors: groups * trained.count + frozen.count + slots.count,
      floats: groups * trained.reduce(0) { $0 + $1.count } + frozen.reduce(0) { $0 + $1.count }
        + slots.reduce(0) { $0 + $1.value.count })
  }

  /// What a checkpoint of this moment holds, or one of several ranks' part of it; it shares the floats with the run, but for
  /// frozen values in bfloat16, which are widened.
  public var contents: CheckpointContents {
    var contents = CheckpointContents()
    for group in groups {
      contents.groups[group.name] = share.pieces.map { piece in
        TensorRecord(
          name: piece.entry.name, shape: piece.entry.shape, piece: piece.isWhole ? nil : piece.range,
          values: UnsafeBufferPointer(start: group.buffer.pointer + piece.start, count: piece.count),
          owner: parameters)
      }
    }
    let frozen = ownFrozenEntries
    if !frozen.isEmpty { contents.groups[CheckpointGroup.frozen] = frozen.map(frozenRecord) }
    for slot in slotGroups {
      contents.groups[slot.name] = slot.tensors.map { state in
        TensorRecord(
          name: state.parameter, shape: state.shape, piece: state.isWhole ? nil : state.range,
          values: UnsafeBufferPointer(state.value.buffer), owner: optimizer)
      }
    }
    contents.attributes = attributes
    return contents
  }

  private var attributes: [String: Attribute] {
    var attributes = blueprint.attributes
    attributes[Key.step] = .integer(step)
    attributes[Key.updates] = .integer(optimizer.updates)
    attributes[Key.refusals] = .integer(refused.inARow)
    if !refused.steps.isEmpty { attributes[Key.refusedSteps] = .text(refused.text) }
    if !norms.norms.isEmpty { attributes[Key.norms] = .text(norms.text) }
    if !normsByShape.byShape.isEmpty { attributes[Key.normsByShape] = .text(normsByShape.text) }
    if skippedSteps > 0 { attributes[Key.skippedSteps] = .integer(skippedSteps) }
    if owesLook { attributes[Key.owesLook] = .integer(1) }
    if isSavedByStop { attributes[Key.savedByStop] = .integer(1) }
    attributes[Key.position] = .integer(loaderStep * blueprint.recipe.training.clipsPerStep)
    if let clipList { attributes[Key.clipList] = .text(clipList) }
    if let clipBuckets { attributes[Key.clipBuckets] = .text(clipBuckets) }
    if !firstLook.isEmpty { attributes[Key.firstLook] = .text(Self.text(of: firstLook)) }
    if let best {
      attributes[Key.bestLoss] = .number(best.loss)
      attributes[Key.bestStep] = .integer(best.step)
      attributes[Key.bestClips] = best.clips.map { .text($0) }
      attributes[Key.looks] = .integer(looksWithoutBetter)
    }
    return attributes
  }

  private func frozenRecord(_ entry: ParameterStore.Entry) -> TensorRecord {
    let kept = parameters.values(of: entry)
    if kept.precision != .float32 {
      return TensorRecord(name: entry.name, shape: entry.shape, values: kept.widened.values)
    }
    return TensorRecord(
      name: entry.name, shape: entry.shape, values: UnsafeBufferPointer(kept.buffer), owner: parameters)
  }
}

extension ParameterStore {
  /// Throws unless a group of a checkpoint has exactly these parameters, and the frozen ones if wanted; they need no memory
  /// yet.
  /// - Returns: the frozen ones, and the group that they lie in.
  @discardableResult
  func requireFit(
    _ checkpoint: LoadedCheckpoint, in group: String, frozenToo: Bool
  ) throws -> (frozen: [Entry], place: String) {
    let frozen = frozenToo ? entries.filter(\.isFrozen) : []
    // Checkpoints of the first version have frozen values in this group; later ones have them apart.
    let apart = checkpoint.groupNames.contains(CheckpointGroup.frozen)
    let place = apart ? CheckpointGroup.frozen : group
    try checkpoint.require((trainedEntries + (apart ? [] : frozen)).map { ($0.name, $0.shape) }, in: group)
    if apart { try checkpoint.require(frozen.map { ($0.name, $0.shape) }, in: place) }
    return (frozen, place)
  }

  /// Fills a group from a checkpoint, which must have exactly these parameters; and the frozen ones if wanted.
  func read(_ group: RunState.Group, from checkpoint: LoadedCheckpoint, frozenToo: Bool) throws {
    let (frozen, place) = try requireFit(checkpoint, in: group.name, frozenToo: frozenToo)
    for entry in trainedEntries {
      try checkpoint.read(
        entry.name, in: group.name, into: group.buffer.view(at: entry.offset, entry.shape).buffer)
    }
    for entry in frozen { try write(entry) { try checkpoint.read(entry.name, in: place, into: $0.buffer) } }
  }
}

extension OptimizerSlot {
  /// Fills the slot from its group of a checkpoint, which must have exactly these tensors; where the slot is one rank's share,
  /// at least these.
  func read(from checkpoint: LoadedCheckpoint, isShare: Bool) throws {
    let expected = tensors.map { ($0.parameter, $0.shape) }
    let known = Set(isShare ? tensors.map(\.parameter) : [])
    try checkpoint.require(expected, in: name) { !isShare || known.contains($0) }
    for state in tensors {
      if state.isWhole {
        try checkpoint.read(state.parameter, in: name, into: state.value.buffer)
      } else {
        let whole = Tensor(state.shape)
        try checkpoint.read(state.parameter, in: name, into: whole.buffer)
        state.value.copy(from: whole.view(at: state.range.lowerBound, [state.range.count]))
      }
    }
  }
}
