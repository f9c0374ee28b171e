import Checkpoints
import Foundation
import Layers
import Models
import Recipes
import Tensors
import Tokens

/// All that a run is at one moment: what a checkpoint holds, and what resuming needs to go on bit for bit.
public final class RunState {
  /// What the model is built from.
  public let blueprint: Blueprint
  /// The model, with gradients.
  public let model: TextToVideoModel
  /// Moments, average and updates.
  public let optimizer: AdamW
  /// Steps done. The order of clips, crops, noise and times follows from seed and step.
  public internal(set) var step = 0
  /// The SHA-256 of the run's `clips.jsonl`; nil for a run without one.
  public var clipList: String?
  /// Steps refused in a row.
  var refusals = 0

  /// A run at its beginning.
  public init(_ blueprint: Blueprint) {
    self.blueprint = blueprint
    model = blueprint.makeModel()
    model.parameters.allocate(seed: UInt64(blueprint.recipe.seed))
    optimizer = blueprint.makeOptimizer(model)
  }

  /// The flat buffers of trained parameters and the names of their groups in a checkpoint, and whether frozen parameters
  /// are in the group too: the average of a value that never changes is that value.
  private var groups: [(name: String, buffer: Tensor, hasFrozen: Bool)] {
    [
      ("parameters", model.parameters.values, true), ("average", optimizer.average, true),
      ("firstMoment", optimizer.firstMoment, false), ("secondMoment", optimizer.secondMoment, false),
    ]
  }

  /// Bytes of a checkpoint's file, to within a few per cent.
  public var checkpointBytes: Int {
    let groups = groups.map { $0.hasFrozen ? model.parameters.entries : model.parameters.trainedEntries }
    return CheckpointFile.estimatedByteCount(
      tensors: groups.reduce(0) { $0 + $1.count },
      floats: groups.joined().reduce(0) { $0 + $1.count })
  }

  /// What a checkpoint of this moment holds; it shares the floats with the run, but for frozen values in bfloat16, which
  /// are widened.
  public var contents: CheckpointContents {
    var contents = CheckpointContents()
    let frozen = model.parameters.entries.filter(\.isFrozen).map(frozenRecord)
    for (name, buffer, hasFrozen) in groups {
      let trained = model.parameters.trainedEntries.map { entry in
        TensorRecord(
          name: entry.name, shape: entry.shape,
          values: UnsafeBufferPointer(start: buffer.pointer + entry.offset, count: entry.count),
          owner: model.parameters)
      }
      contents.groups[name] = trained + (hasFrozen ? frozen : [])
    }
    let recipe = blueprint.recipe
    contents.attributes = [
      Key.step: .integer(step),
      Key.updates: .integer(optimizer.updates),
      Key.refusals: .integer(refusals),
      Key.position: .integer(step * recipe.training.batch * recipe.training.accumulate),
      Key.seed: .integer(recipe.seed),
      Key.recipe: .text(recipe.resolvedJSON()),
      Key.vocabulary: .text(blueprint.tokenizer.words.joined(separator: "\n")),
      Key.textLength: .integer(blueprint.textLength),
      Key.clips: .text(blueprint.clips),
      Key.layout: .text("text_encoder: T5 v1.1; transformer: Wan 2.1"),
      Key.prediction: .text(recipe.objective.prediction.rawValue),
      Key.time: .text("0 is data, 1 is noise; the model sees 1000 t"),
      Key.velocity: .text("noise - data"),
      Key.pixels: .text("RGB, -1...1"),
      Key.arithmetic: .integer(Parallel.arithmetic),
    ]
    if let clipList { contents.attributes[Key.clipList] = .text(clipList) }
    return contents
  }

  private func frozenRecord(_ entry: ParameterStore.Entry) -> TensorRecord {
    let kept = model.parameters.values(of: entry)
    if kept.precision != .float32 {
      return TensorRecord(name: entry.name, shape: entry.shape, values: kept.widened.values)
    }
    return TensorRecord(
      name: entry.name, shape: entry.shape,
      values: UnsafeBufferPointer(start: kept.pointer, count: entry.count), owner: model.parameters)
  }

  /// Takes over a checkpoint of a run of this blueprint.
  ///
  /// - Throws: `CheckpointError` when its tensors are not this model's.
  public func restore(_ checkpoint: LoadedCheckpoint) throws {
    for (name, buffer, hasFrozen) in groups {
      try model.parameters.read(checkpoint, group: name, into: buffer, frozenToo: hasFrozen)
    }
    step = try checkpoint.integer(Key.step)
    optimizer.updates = try checkpoint.integer(Key.updates)
    refusals = try checkpoint.integer(Key.refusals)
    if case .text(let digest) = checkpoint.attributes[Key.clipList] { clipList = digest }
  }

  /// Names of the attributes of a checkpoint.
  enum Key {
    static let step = "step", updates = "updates", refusals = "refusals", position = "position"
    static let seed = "seed", recipe = "recipe", vocabulary = "vocabulary", textLength = "text_length"
    static let clips = "clips_sha256", clipList = "clip_list_sha256"
    static let layout = "layout", prediction = "prediction", time = "time", velocity = "velocity",
      pixels = "pixels"
    static let arithmetic = "arithmetic"
    /// Those that say how a run goes on, and so count for its hash; the others describe it.
    static let hashed = [step, updates, refusals, position, seed]
  }

  /// One SHA-256 over a checkpoint's training state: parameters, moments, average, step and position in the data; not
  /// times, paths or threads.
  public static func hash(_ checkpoint: LoadedCheckpoint) throws -> String {
    try stateHash(of: checkpoint, attributes: Key.hashed)
  }

  /// The same over the run as it is now.
  public var hash: String { stateHash(of: contents, attributes: Key.hashed) }
}

extension Blueprint {
  /// The blueprint that a checkpoint records.
  public init(_ checkpoint: LoadedCheckpoint) throws {
    let recipe = try Recipe.parse(
      checkpoint.text(RunState.Key.recipe), name: "\(checkpoint.path) (its recipe)")
    let words = try checkpoint.text(RunState.Key.vocabulary)
    let kind = TokenizerKind(rawValue: recipe.tokenizer.kind.rawValue)!
    self.init(
      recipe, tokenizer: kind.tokenizer(words: words.isEmpty ? [] : words.components(separatedBy: "\n")),
      textLength: try checkpoint.integer(RunState.Key.textLength),
      clips: try checkpoint.text(RunState.Key.clips))
  }
}

extension TextToVideoModel {
  /// The model of a checkpoint, ready to run forward.
  ///
  /// - Parameter averaged: takes the running average of the weights, which is what is sampled and evaluated; the last
  ///   step's weights otherwise.
  public init(_ checkpoint: LoadedCheckpoint, _ blueprint: Blueprint, averaged: Bool = true) throws {
    self = blueprint.makeModel()
    parameters.allocate(seed: 0, withGradients: false)
    let group = averaged ? "average" : "parameters"
    try parameters.read(checkpoint, group: group, into: parameters.values, frozenToo: true)
  }
}

extension ParameterStore {
  /// Fills a flat buffer of trained parameters, and the frozen ones if wanted, from a group of a checkpoint, which must
  /// have exactly these parameters.
  fileprivate func read(
    _ checkpoint: LoadedCheckpoint, group: String, into buffer: Tensor, frozenToo: Bool
  ) throws {
    try checkpoint.require(
      (frozenToo ? entries : trainedEntries).map { ($0.name, $0.shape) }, in: group)
    for entry in trainedEntries {
      try checkpoint.read(entry.name, in: group, into: buffer.view(at: entry.offset, entry.shape))
    }
    for entry in entries where frozenToo && entry.isFrozen {
      try write(entry) { try checkpoint.read(entry.name, in: group, into: $0) }
    }
  }
}

extension LoadedCheckpoint {
  /// A tensor of a group, into one of the same count.
  func read(_ name: String, in group: String, into target: Tensor) throws {
    try read(
      name, in: group, into: UnsafeMutableBufferPointer(start: target.pointer, count: target.count))
  }

  /// An attribute that a checkpoint of a run has.
  func text(_ name: String) throws -> String {
    guard case .text(let text) = attributes[name] else { throw lacks(name) }
    return text
  }

  /// An attribute that a checkpoint of a run has.
  func integer(_ name: String) throws -> Int {
    guard case .integer(let number) = attributes[name] else { throw lacks(name) }
    return number
  }

  private func lacks(_ name: String) -> CheckpointError {
    .refused(path: path, reason: "it has no attribute \(name), so it is no checkpoint of a training run")
  }
}
