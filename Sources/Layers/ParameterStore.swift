import Tensors

/// All parameters of a model, as flat buffers: zeroing, the norm, the optimizer, the average and a checkpoint are one
/// pass each. Frozen parameters have a buffer of their own, with no gradients beside it.
///
/// Layers register parameters while the model is put together; `allocate` then makes the buffers.
public final class ParameterStore: @unchecked Sendable {
  /// All parameters, in the order of registration.
  public private(set) var entries: [Entry] = []
  /// Those that are trained.
  public var trainedEntries: [Entry] { entries.filter { !$0.isFrozen } }
  /// Floats in a flat buffer of trained parameters; gaps between them (for alignment) are zeros.
  public private(set) var bufferCount = 0
  /// The number of all values, frozen ones included.
  public var parameterCount: Int { entries.reduce(0) { $0 + $1.count } }
  /// The number of values that are trained.
  public var trainedCount: Int { trainedEntries.reduce(0) { $0 + $1.count } }
  /// Which parameters are frozen, adapted or kept, and how.
  public let policy: ParameterPolicy

  /// What layers told of parameters that belong together.
  var linearWeights: [LinearWeight] = []
  var grownTables: [GrownTable] = []

  private var frozenBufferCount = 0
  private var allocatedValues: Tensor?
  private var allocatedGradients: Tensor?
  private var frozenValues: Tensor?
  /// The average of the trained values, if one was asked for.
  private(set) var allocatedAverage: Tensor?
  /// Told during a pass of each stretch of the flat buffers whose gradients are complete (`ParameterSpan`); nobody by default.
  public var onCompleteGradients: ((Range<Int>) -> Void)?

  /// An empty store.
  public init(policy: ParameterPolicy = .trainEverything) { self.policy = policy }

  /// The root of the names.
  public var root: Scope { Scope(store: self, path: "") }

  func register(
    _ name: String, _ shape: [Int], _ initial: InitialValue, decays: Bool, role: Entry.Role = .weight
  ) -> Parameter {
    precondition(allocatedValues == nil, "parameters are registered before the store is allocated")
    precondition(!entries.contains { $0.name == name }, "two parameters are named \(name)")
    let isFrozen = role == .weight && policy.isFrozen(name)
    let entry = Entry(
      name: name, shape: shape, initial: initial, decays: decays, isFrozen: isFrozen,
      rateFactor: policy.rateFactor(name), role: role, offset: isFrozen ? frozenBufferCount : bufferCount)
    entries.append(entry)
    let place = (entry.count + 15) & ~15
    if isFrozen { frozenBufferCount += place } else { bufferCount += place }
    return Parameter(store: self, index: entries.count - 1)
  }

  /// Makes the buffers and draws the initial values, each parameter from its own stream (seed, name).
  ///
  /// - Parameters:
  ///   - withGradients: false for models that only run forward.
  ///   - withAverage: true for a run that keeps an average of its weights, which starts as the values do.
  public func allocate(seed: UInt64, withGradients: Bool = true, withAverage: Bool = false) {
    precondition(allocatedValues == nil, "the store is allocated once")
    allocatedValues = Tensor.zeros([bufferCount])
    if withGradients { allocatedGradients = Tensor.zeros([bufferCount]) }
    if frozenBufferCount > 0 { frozenValues = Tensor([frozenBufferCount], policy.frozenPrecision) }
    if !Plan.isRunning {
      for entry in entries {
        var stream = RandomStream(
          seed: seed, purpose: .initialization, sample: Int(stableHash(of: entry.name)))
        write(entry) { entry.initial.draw(into: $0, from: &stream) }
      }
    }
    if withAverage { allocatedAverage = values.copied() }
  }

  /// The values of one parameter as they are kept: a window into its buffer.
  public func values(of entry: Entry) -> Tensor {
    guard entry.isFrozen else { return values.view(at: entry.offset, entry.shape) }
    guard let frozenValues else { preconditionFailure("the store has no values before allocate(seed:)") }
    return frozenValues.view(at: entry.offset, entry.shape)
  }

  /// Has the values of one parameter set: `body` fills a tensor of its shape, which is rounded if they are kept narrower.
  public func write(_ entry: Entry, _ body: (Tensor) throws -> Void) rethrows {
    let place = values(of: entry)
    if place.precision == .float32 { return try body(place) }
    let wide = Tensor(entry.shape)
    try body(wide)
    place.copy(from: wide)
  }

  /// All trained values, flat. Assigning another buffer of the same size (the average) makes the model compute with it.
  public var values: Tensor {
    get {
      guard let allocatedValues else { preconditionFailure("the store has no values before allocate(seed:)") }
      return allocatedValues
    }
    set {
      precondition(newValue.count == bufferCount, "a flat buffer of \(bufferCount) floats is needed")
      allocatedValues = newValue
    }
  }

  /// All gradients, flat; frozen parameters have none. Assigning another buffer of the same size has passes add to that.
  public var gradients: Tensor {
    get {
      guard let allocatedGradients else { preconditionFailure("this store was allocated without gradients") }
      return allocatedGradients
    }
    set {
      precondition(newValue.count == bufferCount, "a flat buffer of \(bufferCount) floats is needed")
      allocatedGradients = newValue
    }
  }

  /// Sets all gradients to zero.
  public func zeroGradients() { gradients.fill(0) }

  /// Runs `body` with other values in place of the trained parameters' own.
  public func withValues<Result>(_ other: Tensor, _ body: () throws -> Result) rethrows -> Result {
    let own = values
    values = other
    defer { values = own }
    return try body()
  }
}

/// FNV-1a, 32 bits: the same in every process, unlike Swift's own hashes.
private func stableHash(of text: String) -> UInt32 {
  text.utf8.reduce(2_166_136_261) { ($0 ^ UInt32($1)) &* 16_777_619 }
}
