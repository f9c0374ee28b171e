/// The numbers that a field allows, for example `.above(0, through: 240)`.
package struct Bounds: Equatable, Sendable {
  private var lower: Double
  private var lowerIsAllowed: Bool
  private var upper: Double
  private var upperIsAllowed: Bool

  /// lower ≤ x ≤ upper
  package static func from(_ lower: Double, through upper: Double) -> Bounds {
    Bounds(lower: lower, lowerIsAllowed: true, upper: upper, upperIsAllowed: true)
  }

  /// lower ≤ x < upper
  package static func from(_ lower: Double, below upper: Double) -> Bounds {
    Bounds(lower: lower, lowerIsAllowed: true, upper: upper, upperIsAllowed: false)
  }

  /// lower < x ≤ upper
  package static func above(_ lower: Double, through upper: Double) -> Bounds {
    Bounds(lower: lower, lowerIsAllowed: false, upper: upper, upperIsAllowed: true)
  }

  /// lower < x < upper
  package static func above(_ lower: Double, below upper: Double) -> Bounds {
    Bounds(lower: lower, lowerIsAllowed: false, upper: upper, upperIsAllowed: false)
  }

  /// Whether a number lies within, also in single precision, which models compute in: it takes 1e-50 for 0.
  package func contains(_ number: Double) -> Bool {
    let single = Double(Float(number))
    let isTooSmall = number != 0 && abs(single) < Double(Float.leastNormalMagnitude)
    return !isTooSmall && includes(number) && includes(single)
  }

  /// Whether a number lies within, were it not for single precision.
  package func includes(_ number: Double) -> Bool {
    (lowerIsAllowed ? number >= lower : number > lower)
      && (upperIsAllowed ? number <= upper : number < upper)
  }

  /// A number inside.
  package var middle: Double { (lower + upper) / 2 }

  /// `above 0 and at most 240`
  package var text: String {
    if lowerIsAllowed && upperIsAllowed { return "from \(short(lower)) to \(short(upper))" }
    return (lowerIsAllowed ? "at least \(short(lower))" : "above \(short(lower))")
      + (upperIsAllowed ? " and at most \(short(upper))" : " and below \(short(upper))")
  }

  /// The members of a JSON Schema that say the same.
  package var schema: [JSON.Member] {
    [
      JSON.Member(key: lowerIsAllowed ? "minimum" : "exclusiveMinimum", value: JSON(.number(lower))),
      JSON.Member(key: upperIsAllowed ? "maximum" : "exclusiveMaximum", value: JSON(.number(upper))),
    ]
  }

  private func short(_ number: Double) -> String {
    Int(exactly: number).map(String.init) ?? "\(number)"
  }
}
