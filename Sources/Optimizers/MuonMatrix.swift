import Layers
import Tensors

/// A matrix that Muon updates, and the passes over its floats that are no products.
struct MuonMatrix {
  /// Where it begins in the buffers of the parameters, and in that of the momentum.
  let start: Int, place: Int
  let decays: Bool, rateFactor: Double
  /// Its sizes, [out, rest].
  let iteration: NewtonSchulz

  init(_ entry: ParameterStore.Entry, place: Int) {
    start = entry.offset
    self.place = place
    decays = entry.decays
    rateFactor = entry.rateFactor
    iteration = NewtonSchulz(rows: entry.shape[0], columns: entry.count / entry.shape[0])
  }

  var count: Int { iteration.rows * iteration.columns }

  /// Whether all threads take part in its products. Smaller ones have a thread each: whole products on one thread cost less
  /// than tiles of theirs on several, and with some 16 MB a thread there is room for them.
  var isLarge: Bool { count > 1 << 20 }

  /// √max(1, rows / columns): a matrix of more rows changes its outputs less by an orthogonal step.
  var scale: Double { max(1, Double(iteration.rows) / Double(iteration.columns)).squareRoot() }
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
  /// - Returns: whether they are finite then.
  func move(
    _ w: UnsafeMutablePointer<Float>, along o: UnsafePointer<Float>, count: Int, of matrix: MuonMatrix
  )
    -> Bool
  {
    let own = rate * matrix.rateFactor
    let (keep, step) = (1 - (matrix.decays ? Float(own * weightDecay) : 0), Float(own * matrix.scale))
    var nothing = Lanes(repeating: 0)
    sweep(count) { i, c in
      let value = load(w, i, c) * keep - load(o, i, c) * step
      store(value, w, i, c)
      nothing.addProduct(value, Lanes(repeating: 0))  // zero, unless the value is not finite
    }
    return nothing.total == 0
  }
}
