/// Strings and numbers.
extension JSONScanner {
  private static let quote = UInt8(ascii: "\""), backslash = UInt8(ascii: "\\")

  /// Reads the string that comes next.
  mutating func string() throws(JSONProblem) -> String {
    index += 1
    let first = index
    while let byte = next, byte != JSONScanner.quote, byte != JSONScanner.backslash, byte >= 0x20 {
      index += 1
    }
    if next == JSONScanner.quote {
      defer { index += 1 }
      return try text(UnsafeRawBufferPointer(rebasing: bytes[first..<index]))
    }
    var content = [UInt8](bytes[first..<index])
    while let byte = next, byte != JSONScanner.quote {
      guard byte >= 0x20 else { throw syntax("a control character stands in a string") }
      if byte == JSONScanner.backslash {
        content.append(contentsOf: String(try escaped()).utf8)
      } else {
        content.append(byte)
        index += 1
      }
    }
    guard next == JSONScanner.quote else { throw syntax("a string is never closed") }
    index += 1
    return try text(content)
  }

  private func text(_ bytes: some Sequence<UInt8>) throws(JSONProblem) -> String {
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw JSONProblem(text: "it is not UTF-8 text")
    }
    return text
  }

  /// Reads an escape, from its backslash on.
  private mutating func escaped() throws(JSONProblem) -> Unicode.Scalar {
    index += 1
    guard let letter = next else { throw syntax("a string is never closed") }
    index += 1
    switch letter {
    case UInt8(ascii: "\""): return "\""
    case UInt8(ascii: "\\"): return "\\"
    case UInt8(ascii: "/"): return "/"
    case UInt8(ascii: "b"): return "\u{8}"
    case UInt8(ascii: "f"): return "\u{C}"
    case UInt8(ascii: "n"): return "\n"
    case UInt8(ascii: "r"): return "\r"
    case UInt8(ascii: "t"): return "\t"
    case UInt8(ascii: "u"): return try escapedUnit()
    default: throw syntax("JSON has no such escape")
    }
  }

  /// Reads what follows `\u`: four digits, and the second half of a pair where they are the first.
  private mutating func escapedUnit() throws(JSONProblem) -> Unicode.Scalar {
    var unit = try hexadecimal()
    if (0xD800..<0xDC00).contains(unit) {
      guard next == JSONScanner.backslash else { throw syntax("half of a surrogate pair is missing") }
      index += 1
      guard next == UInt8(ascii: "u") else { throw syntax("half of a surrogate pair is missing") }
      index += 1
      let low = try hexadecimal()
      guard (0xDC00..<0xE000).contains(low) else { throw syntax("half of a surrogate pair is missing") }
      unit = 0x10000 + (unit - 0xD800) << 10 + (low - 0xDC00)
    }
    guard let scalar = Unicode.Scalar(unit) else { throw syntax("half of a surrogate pair is missing") }
    guard unit != 0 else { throw syntax("the character NUL stands in a string") }
    return scalar
  }

  private mutating func hexadecimal() throws(JSONProblem) -> UInt32 {
    var unit: UInt32 = 0
    for _ in 0..<4 {
      guard let byte = next, let digit = Character(Unicode.Scalar(byte)).hexDigitValue, byte < 0x80 else {
        throw syntax("\\u takes four hexadecimal digits")
      }
      unit = unit << 4 + UInt32(digit)
      index += 1
    }
    return unit
  }

  /// Reads the number that comes next: its value, and how it is written.
  mutating func number() throws(JSONProblem) -> (value: Double, text: String, isWhole: Bool) {
    let first = index
    var isWhole = true
    if next == UInt8(ascii: "-") { index += 1 }
    let leading = next
    guard try skipDigits() == 1 || leading != UInt8(ascii: "0") else {
      throw syntax("a number begins with a spare 0")
    }
    if next == UInt8(ascii: ".") {
      index += 1
      isWhole = false
      _ = try skipDigits()
    }
    if next == UInt8(ascii: "e") || next == UInt8(ascii: "E") {
      index += 1
      isWhole = false
      if next == UInt8(ascii: "-") || next == UInt8(ascii: "+") { index += 1 }
      _ = try skipDigits()
    }
    let text = String(decoding: bytes[first..<index], as: UTF8.self)
    guard let value = Double(text), value.isFinite else { throw syntax("a number is too large") }
    return (value, text, isWhole)
  }

  private mutating func skipDigits() throws(JSONProblem) -> Int {
    let first = index
    while let byte = next, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) { index += 1 }
    guard index > first else { throw syntax("a digit is missing") }
    return index - first
  }

  // MARK: The value of a key, of the kind it must have; nil for null

  /// A text.
  mutating func text(of key: String) throws(JSONProblem) -> String? {
    if try skipsNull() { return nil }
    guard isAtString else { throw .kind(key, mustBe: "a text") }
    return try string()
  }

  /// A number of seconds.
  mutating func seconds(of key: String) throws(JSONProblem) -> Double? {
    if try skipsNull() { return nil }
    guard isAtNumber else { throw .kind(key, mustBe: "a number of seconds") }
    return try number().value
  }

  /// A text, or a whole number as one writes it: classes are often numbered.
  mutating func label(of key: String) throws(JSONProblem) -> String? {
    if try skipsNull() { return nil }
    if isAtString { return try string() }
    guard isAtNumber else { throw .kind(key, mustBe: "a text or a whole number") }
    let number = try number()
    guard number.isWhole else { throw .kind(key, mustBe: "a text or a whole number") }
    return number.text
  }

  /// An object of texts.
  mutating func texts(of key: String) throws(JSONProblem) -> [String: String] {
    if try skipsNull() { return [:] }
    guard isAtObject else { throw .kind(key, mustBe: "an object of texts") }
    var texts: [String: String] = [:]
    var members = try openObject()
    while let name = try self.key(&members) { texts[name] = try text(of: "\(key).\(name)") }
    return texts
  }
}
