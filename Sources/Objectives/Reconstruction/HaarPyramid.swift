import Tensors

/// The mean size of what a picture holds at each of several scales: L1 over a Haar wavelet transform in space.
///
///     low(l) = (a + b + c + d) / 4       of each 2 × 2 block   a b   of low(l − 1), low(0) = x
///     x-detail = (a − b + c − d) / 4                           c d
///     y-detail = (a + b − c − d) / 4
///     xy-detail = (a − b − c + d) / 4
///     P(x) = Σ_l w(l) · mean over blocks of |x-detail| + |y-detail| + |xy-detail|   +   w(L) · mean |low(L)|
///     w(l) = rise^(L − l) / W                                  for details, w(L) = 1 / W for what is left; their sum is 1
///
/// Where a side is odd its last pixels stand for their missing neighbours: the block's low is then their own mean and its
/// details are 0, so the transform stays exact: low(l − 1) follows from level l, and nothing is dropped or counted from
/// elsewhere. (Haar, "Zur Theorie der orthogonalen Funktionensysteme", 1910; S. Mallat, "A theory for multiresolution signal
/// decomposition", 1989.) The transform is linear, so that of a difference is the difference of transforms; its way back
/// is the transposed transform: a pixel's gradient is the sum of what its block's four numbers have, with their signs, / 4.
public struct HaarPyramid: Sendable, Equatable {
  /// The most levels L; a picture has as many as it takes to make it one pixel, if these are fewer.
  public let levels: Int
  /// How much more details weigh than those of the next level, which are twice as wide; 1 weighs all alike.
  public let rise: Double

  /// A pyramid of one level or more.
  public init(levels: Int = 3, rise: Double = 1) {
    precondition(levels > 0 && rise > 0, "a pyramid has a level, and weights above 0")
    self.levels = levels
    self.rise = rise
  }

  /// The sizes of low(0), low(1), … of a picture.
  private func sizes(_ size: FrameSize) -> [FrameSize] {
    var sizes = [size]
    while sizes.count <= levels, let last = sizes.last, last.height > 1 || last.width > 1 {
      sizes.append(last.halved)
    }
    return sizes
  }

  /// Floats that `addGradient` works in: four bands a level, and four lines.
  func scratchFloats(_ size: FrameSize) -> Int {
    sizes(size).dropFirst().reduce(0) { $0 + 4 * $1.count } + 4 * size.halved.line
  }

  /// P of one picture; adds `factor` times its gradient.
  ///
  /// - Parameters:
  ///   - x, gradient: [H, W, C].
  ///   - scratch: `scratchFloats` of them.
  func addGradient(
    of x: UnsafePointer<Float>, to gradient: UnsafeMutablePointer<Float>, _ size: FrameSize, factor: Double,
    scratch: UnsafeMutablePointer<Float>
  ) -> Double {
    let sizes = sizes(size)
    let count = sizes.count - 1
    let weights = (0..<count).map { level in
      // The deepest details weigh as much as what is left.
      (0..<(count - 1 - level)).reduce(1.0) { weight, _ in weight * rise }
    }
    let total = weights.reduce(0, +) + 1
    var loss = 0.0
    var levels: [HaarLevel] = []
    var (input, free) = (x, scratch + 4 * size.halved.line)
    for level in 0..<count {
      let haar = HaarLevel(from: sizes[level], bands: free, lines: scratch)
      haar.transform(input)
      let weight = weights[level] / total / Double(haar.places)
      loss += weight * haar.takeSigns(of: 1..<4, factor: Float(factor * weight))
      (input, free) = (UnsafePointer(haar.bands), free + 4 * haar.places)
      levels.append(haar)
    }
    guard let last = levels.last else {
      // A picture of one pixel is its own low.
      return addMeanSize(of: x, to: gradient, size.count, factor: factor)
    }
    let weight = 1 / total / Double(last.places)
    loss += weight * last.takeSigns(of: 0..<1, factor: Float(factor * weight))
    for level in levels.indices.reversed() {
      // The gradient of low(l) takes its place.
      levels[level].addTransposed(to: level == 0 ? gradient : levels[level - 1].bands, keeps: level == 0)
    }
    return loss
  }

  private func addMeanSize(
    of x: UnsafePointer<Float>, to gradient: UnsafeMutablePointer<Float>, _ n: Int, factor: Double
  ) -> Double {
    var total = Lanes(repeating: 0)
    sweep(n) { i, c in
      let value = load(x, i, c)
      total += magnitude(value)
      store(load(gradient, i, c) + signs(value, times: Float(factor / Double(n))), gradient, i, c)
    }
    return Double(total.total) / Double(n)
  }
}
