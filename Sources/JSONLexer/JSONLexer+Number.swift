extension JSONLexer {
  /// A number as it is written, and its value.
  package struct Number: Equatable, Sendable {
    /// The number as it is written.
    package let text: String
    /// Its value, rounded to a `Double`; finite.
    package let value: Double
    /// Whether it has neither point nor exponent.
    package let isWhole: Bool
  }

  /// Reads a number, from its sign or first digit on.
  package mutating func number() throws(JSONFault) -> Number {
    let start = index
    var isWhole = true
    if next == UInt8(ascii: "-") { skip() }
    let leading = next
    guard try digits(.whole, from: start) == 1 || leading != UInt8(ascii: "0") else {
      throw fault(.spareZero, from: start)
    }
    if next == UInt8(ascii: ".") {
      skip()
      isWhole = false
      _ = try digits(.fraction, from: start)
    }
    if next == UInt8(ascii: "e") || next == UInt8(ascii: "E") {
      skip()
      isWhole = false
      if next == UInt8(ascii: "-") || next == UInt8(ascii: "+") { skip() }
      _ = try digits(.exponent, from: start)
    }
    let text = String(decoding: bytes[start..<index], as: UTF8.self)
    guard let value = Double(text), value.isFinite else { throw fault(.tooLarge, from: start) }
    return Number(text: text, value: value, isWhole: isWhole)
  }

  /// Steps over digits, of which there must be one, and says how many there are.
  private mutating func digits(_ part: JSONFault.NumberPart, from start: Int) throws(JSONFault) -> Int {
    let first = index
    while let byte = next, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) { skip() }
    guard index > first else { throw fault(.missingDigit(part), from: start) }
    return index - first
  }
}
