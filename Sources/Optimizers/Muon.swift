import Layers
import Synchronization
import Tensors

/// Momentum whose matrices are made orthogonal, for hidden matrices; AdamW for all else.
///
///     b ← β b + (1 − β) g,   u = β b + (1 − β) g                      (Nesterov)
///     W ← W (1 − rate · decay) − rate · √max(1, rows / columns) · O(u)
///
/// O(u) is u with singular values of about 1 (`NewtonSchulz`), so that rare directions of a gradient count as much as
/// frequent ones. Where blocks are asked for, O is taken of each block of rows or columns by itself. Weights of
/// convolutions [out, in, kt, kh, kw] are matrices [out, in · kt · kh · kw]. A matrix has one buffer of momentum and no
/// moments. Jordan and others, "Muon: an optimizer for hidden layers in neural networks", 2024.
public final class Muon: Optimizer {
  /// The constants of the update of matrices.
  public struct Constants: Sendable, Equatable {
    /// β.
    public let momentum: Double
    /// Decoupled weight decay, times the rate a step.
    public let weightDecay: Double
    /// The learning rate of matrices over that of all else.
    public let rateFactor: Double
    /// How many rows (or columns, where there are more of them) are made orthogonal together; 0 for whole matrices.
    public let blockSize: Int

    /// Constants of an update.
    public init(momentum: Double, weightDecay: Double, rateFactor: Double, blockSize: Int = 0) {
      self.momentum = momentum
      self.weightDecay = weightDecay
      self.rateFactor = rateFactor
      self.blockSize = blockSize
    }
  }

  /// b of all matrices.
  public let momentum: Tensor
  private let parameters: ParameterStore
  private let constants: Constants
  private let rest: AdamW
  private let places: StatePlaces
  /// Those that all threads multiply together, and those that have one thread each, the greatest first.
  private let large: [MuonMatrix], small: [MuonMatrix]

  /// State for the trained parameters: momentum and moments of zero.
  ///
  /// - Parameters:
  ///   - rest: the constants of AdamW for what is no hidden matrix.
  ///   - excluded: weights that are none though they are matrices: the first and last layers of a model.
  ///   - pieces: what it updates of the trained parameters, hidden matrices as a whole; all if nil.
  public init(
    _ parameters: ParameterStore, _ constants: Constants, rest: AdamW.Constants,
    excluding excluded: [NamePattern], of pieces: [ParameterPiece]? = nil
  ) {
    self.parameters = parameters
    self.constants = constants
    let names = Set(Self.matrices(of: parameters, excluding: excluded).map(\.name))
    let pieces = pieces ?? parameters.trainedPieces
    let hidden = pieces.filter { names.contains($0.entry.name) }
    precondition(hidden.allSatisfy(\.isWhole), "a matrix is made orthogonal as a whole")
    self.rest = AdamW(parameters, rest, of: pieces.filter { !names.contains($0.entry.name) })
    places = StatePlaces(hidden)
    momentum = Tensor.zeros([places.count])
    let matrices = zip(hidden, places.places).flatMap {
      MuonMatrix.blocks(
        of: $0.entry, place: $1, size: constants.blockSize, parameters.policy.computePrecision)
    }
    large = matrices.filter(\.isLarge)
    small = matrices.filter { !$0.isLarge }.sorted { $0.iteration.operations > $1.iteration.operations }
  }

  /// The hidden matrices: trained weights of products (those that decay) with at least two rows and columns, as [out, rest],
  /// that no pattern excludes. Tables, factors of adapters and vectors are none.
  public static func matrices(
    of parameters: ParameterStore, excluding excluded: [NamePattern]
  ) -> [ParameterStore.Entry] {
    parameters.trainedEntries.filter { entry in
      entry.decays && entry.role == .weight && entry.shape.count > 1 && entry.shape[0] > 1
        && entry.count > entry.shape[0] && !excluded.contains { $0.matches(entry.name) }
    }
  }

  /// How many updates were made.
  public var updates: Int {
    get { rest.updates }
    set { rest.updates = newValue }
  }

  /// "momentum" of the matrices, "firstMoment" and "secondMoment" of all else; those that are of any parameter.
  public var slots: [OptimizerSlot] {
    ([places.slot("momentum", momentum)] + rest.slots).filter { !$0.tensors.isEmpty }
  }

  /// One update.
  /// - Parameter rate: that of AdamW; the one of matrices follows it.
  /// - Returns: whether all values, momentum and moments are finite after it.
  @discardableResult
  public func update(rate: Double, gradientScale: Double) -> Bool {
    let restIsFinite = rest.update(rate: rate, gradientScale: gradientScale)
    let passes = MuonPasses(
      momentum: constants.momentum, gradientScale: gradientScale, rate: rate * constants.rateFactor,
      weightDecay: constants.weightDecay, isCautious: rest.isCautious)
    let isFinite = Atomic(restIsFinite)
    Work.count(small.reduce(0) { $0 + $1.iteration.operations })
    let scratch = small.reduce(0) { max($0, $1.iteration.scratchCount) }
    parallel(over: small.count, tile: 1, scratch: scratch, as: .products) { range, scratch in
      for matrix in small[range] where !update(matrix, passes, scratch) {
        isFinite.store(false, ordering: .relaxed)
      }
    }
    for matrix in large { update(matrix, passes, isFinite) }
    return isFinite.load(ordering: .relaxed)
  }

  /// A small matrix, on this thread.
  /// - Returns: whether all is finite.
  private func update(
    _ matrix: MuonMatrix, _ passes: MuonPasses, _ scratch: UnsafeMutablePointer<Float>
  ) -> Bool {
    let (w, g) = (parameters.values.pointer + matrix.start, parameters.gradients.pointer + matrix.start)
    let b = momentum.pointer + matrix.place
    var squares = 0.0
    matrix.forEachRun { i, j, count in
      squares += passes.setDirection(g + i, b + i, scratch + j, count: count)
    }
    let direction = matrix.iteration.orthogonalized(scratch, norm: squares.squareRoot())
    var (isFinite, counts) = (squares.isFinite, CautiousMask.Count())
    if passes.isCautious {
      matrix.forEachRun { i, j, count in counts = counts + agreement(direction + j, g + i, count) }
    }
    matrix.forEachRun { i, j, count in
      let cautious = passes.isCautious ? (gradient: UnsafePointer(g + i), scale: counts.scale) : nil
      if !passes.move(w + i, along: direction + j, count: count, of: matrix, cautious: cautious) {
        isFinite = false
      }
    }
    return isFinite
  }

  /// A large one, on all threads.
  private func update(_ matrix: MuonMatrix, _ passes: MuonPasses, _ isFinite: borrowing Atomic<Bool>) {
    let u = Tensor([matrix.iteration.rows, matrix.iteration.columns])
    let squares = sums(over: matrix.count, from: 0.0, +) { range in
      let i = range.lowerBound
      return passes.setDirection(
        parameters.gradients.pointer + matrix.start + i, momentum.pointer + matrix.place + i, u.pointer + i,
        count: range.count)
    }
    let direction = matrix.iteration.orthogonalized(u, norm: squares.squareRoot())
    let g = parameters.gradients
    var counts = CautiousMask.Count()
    if passes.isCautious {
      counts = sums(over: matrix.count, from: counts, +) { range in
        let i = range.lowerBound
        return agreement(direction.pointer + i, g.pointer + matrix.start + i, range.count)
      }
    }
    let scale = counts.scale
    let notFinite = sums(over: matrix.count, from: 0, +) { range in
      let i = range.lowerBound
      let cautious = (gradient: UnsafePointer(g.pointer + matrix.start + i), scale: scale)
      return passes.move(
        parameters.values.pointer + matrix.start + i, along: direction.pointer + i, count: range.count,
        of: matrix, cautious: passes.isCautious ? cautious : nil)
        ? 0 : 1
    }
    if !squares.isFinite || notFinite > 0 { isFinite.store(false, ordering: .relaxed) }
  }
}

/// How many numbers of a direction and its gradient agree.
private func agreement(
  _ direction: UnsafePointer<Float>, _ gradient: UnsafePointer<Float>, _ n: Int
) -> CautiousMask.Count {
  CautiousMask.count(n, gradient: gradient) { i, c, _ in load(direction, i, c) }
}

/// The sum of what tiles give, in their order. Nothing during a `Plan`.
private func sums<Sum: BitwiseCopyable>(
  over count: Int, from nothing: Sum, _ add: (Sum, Sum) -> Sum, _ tile: (_ range: Range<Int>) -> Sum
) -> Sum {
  let tiles = (count + MuonPasses.tile - 1) / MuonPasses.tile
  return withUnsafeTemporaryAllocation(of: Sum.self, capacity: max(tiles, 1)) { partial in
    partial.initialize(repeating: nothing)
    let sums = partial.baseAddress!
    parallel(over: count, tile: MuonPasses.tile) { sums[$0.lowerBound / MuonPasses.tile] = tile($0) }
    return partial.prefix(tiles).reduce(nothing, add)
  }
}
