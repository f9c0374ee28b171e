import Foundation

/// The mean of a figure over several clips, with the range in which the mean over all clips like these lies.
public struct SampleMean: Sendable, Equatable {
  /// The figure of each clip.
  public let values: [Double]

  /// The mean of some values.
  public init(_ values: [Double]) { self.values = values }

  /// The mean; nil without values.
  public var mean: Double? {
    values.isEmpty ? nil : values.reduce(0, +) / Double(values.count)
  }

  /// Student's interval of 95 %: mean ± t · s / √n, with the standard deviation s of the values and t of n − 1 degrees of
  /// freedom; nil for fewer than two values.
  ///
  /// It takes the clips as drawn one by one: several of one recording differ less than clips of others will.
  public var interval: ClosedRange<Double>? {
    guard values.count > 1, let mean, mean.isFinite else { return nil }
    let freedom = Double(values.count - 1)
    let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / freedom
    let reach = Self.quantile(freedom) * (variance / Double(values.count)).squareRoot()
    return mean - reach...mean + reach
  }

  /// The 97.5 % quantile of Student's distribution: exact for one and two degrees of freedom, else within 0.2 % (M. Abramowitz
  /// and I. Stegun, "Handbook of mathematical functions", 1964, 26.7.5).
  static func quantile(_ freedom: Double) -> Double {
    if freedom == 1 { return tan(.pi * 0.475) }
    // p = 0.975: (2p − 1) √(2 / (1 − (2p − 1)²)).
    if freedom == 2 { return 0.95 * (2 / (1 - 0.95 * 0.95)).squareRoot() }
    let z = 1.959963984540054
    func polynomial(_ coefficients: [Double]) -> Double {
      coefficients.reversed().reduce(0) { $0 * z * z + $1 } * z
    }
    return z + polynomial([1, 1]) / (4 * freedom)
      + polynomial([3, 16, 5]) / (96 * pow(freedom, 2))
      + polynomial([-15, 17, 19, 3]) / (384 * pow(freedom, 3))
      + polynomial([-945, -1920, 1482, 776, 79]) / (92_160 * pow(freedom, 4))
  }
}
