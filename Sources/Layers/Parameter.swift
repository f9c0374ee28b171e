import Tensors

/// The values a parameter starts with.
public enum InitialValue: Sendable, Equatable {
  /// One number everywhere.
  case constant(Float)
  /// The normal distribution with mean 0 and this standard deviation.
  case normal(Float)
  /// Uniform in ±√(6 / (fan in + fan out)) for a weight [out, in…] (Glorot and Bengio, 2010).
  case xavierUniform
}

/// 1/√n: the deviation that keeps the size of a sum of n products.
func deviation(_ n: Int) -> Float { 1 / Float(n).squareRoot() }

/// A tensor that training changes, or leaves frozen: a window into the flat buffers of its store.
public struct Parameter: Sendable {
  let store: ParameterStore
  let index: Int

  /// Name, shape and place.
  public var entry: ParameterStore.Entry { store.entries[index] }
  /// Its values, as float32: those of a frozen parameter in bfloat16 are widened anew each time, so ask once a pass.
  public var value: Tensor { store.values(of: entry).widened }
  /// Its gradient, to be added to; a frozen parameter has none.
  public var gradient: Tensor? {
    entry.isFrozen ? nil : store.gradients.view(at: entry.offset, entry.shape)
  }
}

/// All parameters of a model, as flat buffers: zeroing, the norm, the optimizer, the average and a checkpoint are one
/// pass each. Frozen parameters have a buffer of their own, with no gradients beside it.
///
/// Layers register parameters while the model is put together; `allocate` then makes the buffers.
public final class ParameterStore: @unchecked Sendable {
  /// What is known of one parameter.
  public struct Entry: Sendable {
    /// Its path, which is its name in a checkpoint: "blocks.3.attn1.to_q.weight".
    public let name: String
    /// Sizes of its axes.
    public let shape: [Int]
    /// What it starts with.
    public let initial: InitialValue
    /// Whether weight decay applies: matrices decay; norms, biases and tables do not.
    public let decays: Bool
    /// Whether training leaves it as it is.
    public let isFrozen: Bool
    /// Where it starts in the flat buffers, or in that of the frozen parameters, in elements; a multiple of 16.
    public let offset: Int
    /// The number of its elements.
    public var count: Int { shape.reduce(1, *) }
  }

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
  /// Which parameters are frozen, and how they are kept.
  public let freezing: Freezing

  private var frozenBufferCount = 0
  private var allocatedValues: Tensor?
  private var allocatedGradients: Tensor?
  private var frozenValues: Tensor?

  /// An empty store.
  public init(freezing: Freezing = .nothing) { self.freezing = freezing }

  /// The root of the names.
  public var root: Scope { Scope(store: self, path: "") }

  func register(_ name: String, _ shape: [Int], _ initial: InitialValue, decays: Bool) -> Parameter {
    precondition(allocatedValues == nil, "parameters are registered before the store is allocated")
    precondition(!entries.contains { $0.name == name }, "two parameters are named \(name)")
    let isFrozen = freezing.holds(name)
    let entry = Entry(
      name: name, shape: shape, initial: initial, decays: decays, isFrozen: isFrozen,
      offset: isFrozen ? frozenBufferCount : bufferCount)
    entries.append(entry)
    let place = (entry.count + 15) & ~15
    if isFrozen { frozenBufferCount += place } else { bufferCount += place }
    return Parameter(store: self, index: entries.count - 1)
  }

  /// Makes the buffers and draws the initial values, each parameter from its own stream (seed, name).
  ///
  /// - Parameter withGradients: false for models that only run forward.
  public func allocate(seed: UInt64, withGradients: Bool = true) {
    precondition(allocatedValues == nil, "the store is allocated once")
    allocatedValues = Tensor.zeros([bufferCount])
    if withGradients { allocatedGradients = Tensor.zeros([bufferCount]) }
    if frozenBufferCount > 0 { frozenValues = Tensor([frozenBufferCount], freezing.precision) }
    guard !Plan.isRunning else { return }
    for entry in entries { write(entry) { draw(entry, into: $0, seed: seed) } }
  }

  private func draw(_ entry: Entry, into value: Tensor, seed: UInt64) {
    var stream = RandomStream(
      seed: seed, purpose: .initialization, sample: Int(stableHash(of: entry.name)))
    switch entry.initial {
    case .constant(let constant): value.fill(constant)
    case .normal(let deviation):
      for i in 0..<value.count { value.pointer[i] = deviation * Float(stream.gaussian()) }
    case .xavierUniform:
      let fanOut = entry.shape[0]
      let bound = (6 / Double(fanOut + entry.count / fanOut)).squareRoot()
      for i in 0..<value.count { value.pointer[i] = Float(stream.uniform(in: -bound..<bound)) }
    }
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

  /// All gradients, flat; frozen parameters have none.
  public var gradients: Tensor {
    guard let allocatedGradients else { preconditionFailure("this store was allocated without gradients") }
    return allocatedGradients
  }

  /// Sets all gradients to zero.
  public func zeroGradients() { gradients.fill(0) }

  /// Runs `body` with other values in place of the trained parameters' own (the running average, say).
  public func withValues<Result>(_ other: Tensor, _ body: () throws -> Result) rethrows -> Result {
    let own = values
    values = other
    defer { values = own }
    return try body()
  }
}

/// A place in the tree of parameter names: `scope("blocks")(3)("attn1").parameter("weight", …)`.
public struct Scope {
  let store: ParameterStore
  let path: String

  /// The place one name further down.
  public func callAsFunction(_ name: String) -> Scope {
    Scope(store: store, path: path.isEmpty ? name : "\(path).\(name)")
  }
  /// The place of a numbered child.
  public func callAsFunction(_ index: Int) -> Scope { self(String(index)) }

  /// Registers a parameter of this place.
  ///
  /// - Parameter decays: whether weight decay applies; by default to everything but vectors.
  public func parameter(
    _ name: String, _ shape: [Int], _ initial: InitialValue, decays: Bool? = nil
  ) -> Parameter {
    store.register(self(name).path, shape, initial, decays: decays ?? (shape.count > 1))
  }
}

/// FNV-1a, 32 bits: the same in every process, unlike Swift's own hashes.
private func stableHash(of text: String) -> UInt32 {
  text.utf8.reduce(2_166_136_261) { ($0 ^ UInt32($1)) &* 16_777_619 }
}
