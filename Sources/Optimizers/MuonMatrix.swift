import Layers
import Tensors

/// A matrix that Muon updates, or a block of one, and the passes over its floats that are no products.
struct MuonMatrix {
  /// Where it begins in the buffers of the parameters, and in that of the momentum.
  let start: Int, place: Int
  /// Floats from one of its rows to the next in these buffers.
  let stride: Int
  let decays: Bool, rateFactor: Double
  /// Its sizes, [out, rest].
  let iteration: NewtonSchulz
  /// What its orthogonal direction is multiplied by: √max(1, rows / columns) for a whole matrix, since one of more rows changes
  /// its outputs less by an orthogonal step. Blocks get what makes all of them together as large a step as the whole.
  let scale: Double

  /// A whole weight [out, …], as the matrix [out, rest].
  init(_ entry: ParameterStore.Entry, place: Int, _ precision: Precision = .float32) {
    let columns = entry.count / entry.shape[0]
    self.init(
      entry, place: place, rows: 0..<entry.shape[0], columns: 0..<columns, stride: columns,
      scale: max(1, Double(entry.shape[0]) / Double(columns)).squareRoot(), precision)
  }

  private init(
    _ entry: ParameterStore.Entry, place: Int, rows: Range<Int>, columns: Range<Int>, stride: Int,
    scale: Double, _ precision: Precision
  ) {
    let first = rows.lowerBound * stride + columns.lowerBound
    (start, self.place, self.stride) = (entry.offset + first, place + first, stride)
    (decays, rateFactor, self.scale) = (entry.decays, entry.rateFactor, scale)
    iteration = NewtonSchulz(rows: rows.count, columns: columns.count, precision)
  }

  /// A weight as blocks of some rows, or of some columns where it has more columns than rows: what belongs to one head of
  /// queries, keys and values, and what one widens and the other narrows. 0 for the whole.
  static func blocks(
    of entry: ParameterStore.Entry, place: Int, size: Int, _ precision: Precision
  ) -> [MuonMatrix] {
    guard size > 0 else { return [MuonMatrix(entry, place: place, precision)] }
    let (rows, columns) = (entry.shape[0], entry.count / entry.shape[0])
    let size = min(size, max(rows, columns))
    // Σ over blocks of scale² · min(sides) is that of the whole matrix.
    let scale = Double(max(min(rows, columns), size)) / Double(columns)
    return Swift.stride(from: 0, to: max(rows, columns), by: size).map { first in
      let part = first..<min(first + size, max(rows, columns))
      return MuonMatrix(
        entry, place: place, rows: columns > rows ? 0..<rows : part,
        columns: columns > rows ? part : 0..<columns, stride: columns, scale: scale.squareRoot(), precision)
    }
  }

  var count: Int { iteration.rows * iteration.columns }

  /// Whether all threads take part in its products. Smaller ones have a thread each: whole products on one thread cost less
  /// than tiles of theirs on several, and with some 16 MB a thread there is room for them. Blocks of columns, whose rows lie
  /// apart, always have one.
  var isLarge: Bool { count > 1 << 20 && isOneRun }

  /// Whether its rows follow each other in the buffers.
  private var isOneRun: Bool { stride == iteration.columns }

  /// Calls `body` for each stretch of floats that follow each other, at most a tile: with its place from the matrix's
  /// beginning in the buffers, and in memory of the matrix alone.
  func forEachRun(_ body: (_ inBuffers: Int, _ inMatrix: Int, _ count: Int) -> Void) {
    let (runs, length) = isOneRun ? (1, count) : (iteration.rows, iteration.columns)
    for run in 0..<runs {
      for i in Swift.stride(from: 0, to: length, by: MuonPasses.tile) {
        body(run * stride + i, run * length + i, min(MuonPasses.tile, length - i))
      }
    }
  }

}

/// What an update does with each matrix.
///
///     b ← β b + (1 − β) g,   u = β b + (1 − β) g,   w ← w (1 − rate · decay) − rate · scale · O(u)
struct MuonPasses {
  /// β, and what gradients are multiplied by first.
  let momentum: Double, gradientScale: Double
  /// The learning rate of matrices whose factor is 1.
  let rate: Double
  let weightDecay: Double
  /// Whether only those numbers of O(u) count that agree with the gradient (`CautiousMask`).
  let isCautious: Bool

  /// Floats of a tile, whose squares are summed by themselves.
  static let tile = 16_384

  /// Sets b and u of one tile.
  /// - Returns: Σ u².
  func setDirection(
    _ gradient: UnsafePointer<Float>, _ b: UnsafeMutablePointer<Float>, _ u: UnsafeMutablePointer<Float>,
    count: Int
  ) -> Double {
    let (kept, new, scale) = (Float(momentum), Float(1 - momentum), Float(gradientScale))
    var squares = Lanes(repeating: 0)
    sweep(count) { i, c in
      let added = load(gradient, i, c) * scale * new
      let mean = load(b, i, c) * kept + added
      let direction = mean * kept + added
      store(mean, b, i, c)
      store(direction, u, i, c)
      squares.addProduct(direction, direction)
    }
    return Double(squares.total)
  }

  /// Moves some values of a matrix along o, its orthogonal direction.
  /// - Parameter cautious: the gradient that o has to agree with, and what is left of o is multiplied by.
  /// - Returns: whether they are finite then.
  func move(
    _ w: UnsafeMutablePointer<Float>, along o: UnsafePointer<Float>, count: Int, of matrix: MuonMatrix,
    cautious: (gradient: UnsafePointer<Float>, scale: Float)?
  ) -> Bool {
    let own = rate * matrix.rateFactor
    let (keep, step) = (1 - (matrix.decays ? Float(own * weightDecay) : 0), Float(own * matrix.scale))
    var nothing = Lanes(repeating: 0)
    sweep(count) { i, c in
      var direction = load(o, i, c)
      if let cautious {
        direction = CautiousMask.apply(direction, load(cautious.gradient, i, c), scale: cautious.scale)
      }
      let value = load(w, i, c) * keep - direction * step
      store(value, w, i, c)
      nothing.addProduct(value, Lanes(repeating: 0))  // zero, unless the value is not finite
    }
    return nothing.total == 0
  }
}
