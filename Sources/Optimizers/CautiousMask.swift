import Tensors

/// Which numbers of an update are kept: those that go where the gradient says, too.
///
///     u ← u · [u · g > 0] / max(mean([u · g > 0]), 10⁻³)        over each parameter
///
/// so that the update is as large as it was, in the mean of signs. Liang and others, "Cautious optimizers: improving training
/// with one line of code", 2024.
enum CautiousMask {
  /// How many of n numbers are kept.
  static func count(_ update: UnsafePointer<Float>, _ gradient: UnsafePointer<Float>, _ n: Int) -> Int {
    var kept = Lanes(repeating: 0)
    sweep(n) { i, c in
      // Lanes beyond the end are zeros, whose product is not above zero.
      kept.replace(with: kept + 1, where: load(update, i, c) * load(gradient, i, c) .> 0)
    }
    return Int(kept.total)
  }

  /// What the numbers that are kept are multiplied by.
  static func scale(kept: Int, of count: Int) -> Float {
    Float(1 / max(Double(kept) / Double(max(1, count)), 1e-3))
  }

  /// The numbers that are kept, times the scale; zero for the others.
  @inline(__always)
  static func apply(_ update: Lanes, _ gradient: Lanes, scale: Float) -> Lanes {
    var masked = Lanes(repeating: 0)
    masked.replace(with: update * scale, where: update * gradient .> 0)
    return masked
  }
}
