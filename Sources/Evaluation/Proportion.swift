/// How many of a number of trials came right, with the range in which the true share lies.
public struct Proportion: Sendable, Equatable, Codable {
  /// Trials that came right.
  public let right: Int
  /// All trials.
  public let judged: Int

  /// A count of trials.
  public init(right: Int, judged: Int) {
    precondition((0...max(0, judged)).contains(right), "\(right) of \(judged) cannot be right")
    self.right = right
    self.judged = judged
  }

  /// The share that came right, 0 to 1; nil without trials.
  public var share: Double? { judged == 0 ? nil : Double(right) / Double(judged) }

  /// Wilson's interval of 95 %: shares under which this count, or one as far away, would not be a surprise; 0 to 1
  /// without trials.
  ///
  ///     (p + z²/2n ± z √(p(1−p)/n + z²/4n²)) / (1 + z²/n)
  ///
  /// E. B. Wilson, "Probable inference, the law of succession, and statistical inference", 1927.
  public var interval: ClosedRange<Double> {
    guard let p = share else { return 0...1 }
    return Self.wilson(p, of: Double(judged))
  }

  /// Wilson's interval of a share p of n trials, which need be no whole number.
  static func wilson(_ p: Double, of n: Double) -> ClosedRange<Double> {
    let z = 1.959963984540054
    let middle = (p + z * z / (2 * n)) / (1 + z * z / n)
    let reach = z * (p * (1 - p) / n + z * z / (4 * n * n)).squareRoot() / (1 + z * z / n)
    // At 0 and at n of n the bound is exact; rounding must not carry it past the end.
    return (p == 0 ? 0 : max(0, middle - reach))...(p == 1 ? 1 : min(1, middle + reach))
  }

  private enum CodingKeys: String, CodingKey { case right, judged, share, low, high }

  /// Reads the counts; what follows from them is left aside.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    let (right, judged) = (
      try values.decode(Int.self, forKey: .right), try values.decode(Int.self, forKey: .judged)
    )
    guard (0...max(0, judged)).contains(right) else {
      throw DecodingError.dataCorruptedError(
        forKey: .right, in: values, debugDescription: "\(right) of \(judged) cannot be right")
    }
    self.init(right: right, judged: judged)
  }

  /// Writes the counts, and for readers of the JSON the share and the interval's ends.
  public func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: CodingKeys.self)
    try values.encode(right, forKey: .right)
    try values.encode(judged, forKey: .judged)
    try values.encode(share, forKey: .share)
    try values.encode(interval.lowerBound, forKey: .low)
    try values.encode(interval.upperBound, forKey: .high)
  }
}
