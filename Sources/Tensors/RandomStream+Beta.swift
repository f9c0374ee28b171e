import Foundation

extension RandomStream {
  /// The next number of the beta distribution with both parameters α, between 0 and 1: about 1/2 for large α, near 0 or 1
  /// for small ones, any with the same likelihood for 1.
  ///
  /// X / (X + Y) of two gamma variables, by their logarithms, since those of small α are often below the smallest number.
  public mutating func beta(_ alpha: Double) -> Double {
    precondition(alpha > 0, "alpha must be positive")
    let (x, y) = (logOfGamma(alpha), logOfGamma(alpha))
    return 1 / (1 + exp(y - x))
  }

  /// The logarithm of the next number of the gamma distribution of shape α and scale 1.
  ///
  /// Marsaglia and Tsang, "A simple method for generating gamma variables", 2000. For α below 1 it is that of α + 1, and
  /// log U / α more.
  mutating func logOfGamma(_ alpha: Double) -> Double {
    if alpha < 1 { return logOfGamma(alpha + 1) + logOfUniform() / alpha }
    let d = alpha - 1 / 3.0
    let c = 1 / (9 * d).squareRoot()
    while true {
      let x = gaussian()
      let v = (1 + c * x) * (1 + c * x) * (1 + c * x)
      guard v > 0 else { continue }
      if logOfUniform() < 0.5 * x * x + d - d * v + d * log(v) { return log(d * v) }
    }
  }

  /// The logarithm of a uniform number above 0.
  private mutating func logOfUniform() -> Double { log((Double(next()) + 0.5) * 0x1p-32) }
}
