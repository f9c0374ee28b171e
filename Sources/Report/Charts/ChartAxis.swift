import Foundation

/// One axis of a chart: which values it spans, how they are spread, and where its ticks stand.
struct ChartAxis {
  /// How values are spread over the axis.
  enum Scale {
    /// Equal differences are equally long.
    case linear
    /// Equal ratios are equally long.
    case logarithmic
  }

  let scale: Scale
  /// The values at the axis's two ends.
  let bounds: ClosedRange<Double>
  /// The values with a tick, ascending, inside the bounds.
  let ticks: [Double]

  /// The ratio between the greatest and the least value from which on the logarithm shows more.
  private static let wide = 12.0

  /// An axis for values; those that are not finite are left out of account.
  ///
  /// - Parameters:
  ///   - scale: nil for logarithmic when all values are positive and span more than a decade.
  ///   - includesZero: whether a linear axis begins at zero.
  ///   - endsOnTicks: whether the bounds are widened to round values.
  ///   - wholeTicks: whether ticks of a linear axis stand at whole numbers only.
  ///   - count: about how many ticks.
  init(
    _ values: some Sequence<Double>, scale: Scale? = nil, includesZero: Bool = false,
    endsOnTicks: Bool = true, wholeTicks: Bool = false, count: Int = 5
  ) {
    let finite = values.filter { $0.isFinite && (scale != .logarithmic || $0 > 0) }
    let (least, most) = (finite.min() ?? 0, finite.max() ?? 1)
    let scale = scale ?? (least > 0 && most / least > Self.wide ? .logarithmic : .linear)
    self.scale = scale
    switch scale {
    case .logarithmic: (bounds, ticks) = Self.logarithmic(max(least, .leastNormalMagnitude), most, count)
    case .linear:
      let (low, high) = includesZero ? (min(0, least), max(0, most)) : (least, most)
      (bounds, ticks) = Self.linear(
        low, high, count, endsOnTicks: endsOnTicks, wholeTicks: wholeTicks)
    }
  }

  /// Where a value lies on the way from one end to the other, 0 to 1; nil when it does not lie on the axis.
  func share(of value: Double) -> Double? {
    guard bounds.contains(value) else { return nil }
    let (low, high) = (bounds.lowerBound, bounds.upperBound)
    return switch scale {
    case .linear: (value - low) / (high - low)
    case .logarithmic: (log(value) - log(low)) / (log(high) - log(low))
    }
  }

  /// The ticks in words, with as many decimals as the ticks need.
  var labels: [String] {
    guard scale == .linear, ticks.count > 1 else { return ticks.map { Figure.short($0) } }
    let step = ticks[1] - ticks[0], most = max(abs(ticks[0]), abs(ticks.last!))
    if most >= 1e6 || step < 0.9e-5 { return ticks.map { $0 == 0 ? "0" : Figure.short($0) } }
    if most >= 1e4 && step >= 999 { return ticks.map { $0 == 0 ? "0" : Self.decimal($0 / 1000, 0) + "k" } }
    let decimals = Int(max(0, -log10(step * 1.001).rounded(.down)))
    return ticks.map { Self.decimal($0, decimals) }
  }

  private static func decimal(_ value: Double, _ decimals: Int) -> String {
    // A rounding error must not become "-0".
    String(format: "%.\(decimals)f", abs(value) < 1e-12 ? 0 : value)
  }

  /// Ticks at 1, 2 or 5 times a power of ten.
  private static func linear(
    _ least: Double, _ most: Double, _ count: Int, endsOnTicks: Bool, wholeTicks: Bool
  ) -> (ClosedRange<Double>, [Double]) {
    var (low, high) = (least, most)
    // A constant gets room above and below.
    if high - low <= 1e-9 * max(abs(low), abs(high)) || high == low {
      let room = low == 0 ? 1 : abs(low) * 0.1
      (low, high) = (low - room, high + room)
    }
    let rough = max((high - low) / Double(count), wholeTicks ? 1 : 0)
    let power = pow(10, log10(rough).rounded(.down))
    let step = [1, 2, 5, 10].map { $0 * power }.first { $0 >= rough * 0.999 } ?? 10 * power
    if endsOnTicks {
      low = min(low, (low / step + 1e-9).rounded(.down) * step)
      high = max(high, (high / step - 1e-9).rounded(.up) * step)
    }
    let (first, last) = ((low / step - 1e-9).rounded(.up), (high / step + 1e-9).rounded(.down))
    return (low...high, stride(from: first, through: last, by: 1).map { $0 * step })
  }

  /// Ticks at powers of ten; with few of them also at 2 and 5 times those, with very many at every second, third, ….
  private static func logarithmic(_ least: Double, _ most: Double, _ count: Int) -> (
    ClosedRange<Double>, [Double]
  ) {
    let (from, to) = (Int(log10(least).rounded(.down)), Int(log10(most).rounded(.up)))
    let factors = to - from <= 3 ? [1.0, 2, 5] : [1]
    let candidates = (from...max(to, from + 1)).flatMap { power in factors.map { $0 * pow(10, Double(power)) }
    }
    let low = candidates.last { $0 <= least * 1.001 } ?? least
    let high = candidates.first { $0 >= most * 0.999 && $0 > low } ?? most
    let ticks = candidates.filter { $0 >= low && $0 <= high }
    let every = max(1, (ticks.count + count) / (count + 2))
    let shown = factors.count == 1 ? stride(from: 0, to: ticks.count, by: every).map { ticks[$0] } : ticks
    return (min(low, least)...max(high, most), shown)
  }
}
