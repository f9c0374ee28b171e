import Foundation

/// Numbers in the words of a report.
public enum Figure {
  /// A value to so many significant digits: 0.0123, 45.6, 789, 3·10⁻⁵; "–" when it is not finite.
  static func short(_ value: Double, digits: Int = 3) -> String {
    guard value.isFinite else { return "–" }
    let text = String(format: "%.\(digits)g", value)
    let parts = text.split(separator: "e")
    guard parts.count == 2, let exponent = Int(parts[1]) else { return text }
    if (0..<6).contains(exponent) { return String(format: "%.0f", Double(text)!) }
    return (parts[0] == "1" ? "" : parts[0] + "·") + "10" + superscript(exponent)
  }

  /// How many: 812, 12.4 k, 3.21 M, 1.3 G.
  static func count(_ value: Double) -> String {
    switch value {
    case 1e9...: short(value / 1e9) + " G"
    case 1e6...: short(value / 1e6) + " M"
    case 1e4...: short(value / 1e3) + " k"
    default: String(format: "%.0f", value)
    }
  }

  /// How long: 48 s, 12.3 min, 5.1 h.
  static func duration(seconds: Double) -> String {
    switch seconds {
    case ..<90: String(format: "%.0f s", seconds)
    case ..<5400: String(format: "%.1f min", seconds / 60)
    default: String(format: "%.1f h", seconds / 3600)
    }
  }

  /// A share of one, in hundredths: 1.2 %.
  public static func percent(_ share: Double) -> String { String(format: "%.1f %%", 100 * share) }

  private static func superscript(_ exponent: Int) -> String {
    let digits = Array("⁰¹²³⁴⁵⁶⁷⁸⁹")
    return (exponent < 0 ? "⁻" : "") + String("\(abs(exponent))".map { digits[$0.wholeNumberValue!] })
  }
}
