import Foundation

/// What one benchmark found: figures to encode as JSON, and the same in words and tables.
protocol BenchReport: Encodable {
  var title: String { get }
  var text: String { get }
}

extension BenchReport {
  /// Prints the text under its title, or one JSON object.
  func print(json: Bool) throws {
    guard json else { return Swift.print("\(title)\n\n\(text)\n") }
    try printJSON(self)
  }
}

/// Prints figures as one JSON object.
func printJSON(_ figures: some Encodable) throws {
  let encoder = JSONEncoder()
  encoder.outputFormatting = [.sortedKeys, .prettyPrinted]
  print(String(decoding: try encoder.encode(figures), as: UTF8.self))
}

/// A number with so many decimals.
func fixed(_ value: Double, _ decimals: Int) -> String { String(format: "%.\(decimals)f", value) }

/// A share of one, in hundredths.
func percent(_ share: Double) -> String { fixed(100 * share, 0) + " %" }

/// The median in milliseconds with three digits or more, and from the least to the most.
func milliseconds(_ samples: Samples) -> (median: String, spread: String) {
  let decimals = samples.median < 0.01 ? 3 : samples.median < 1 ? 1 : 0
  func words(_ seconds: Double) -> String { fixed(1000 * seconds, decimals) }
  return (words(samples.median), "\(words(samples.least)) – \(words(samples.most))")
}
