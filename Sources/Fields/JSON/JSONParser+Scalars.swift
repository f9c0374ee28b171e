/// Strings, numbers, and the three words of JSON.
extension JSONParser {
  /// The byte to be read next, nil at the end.
  package var next: UInt8? { index < bytes.count ? bytes[index] : nil }

  package func error(at offset: Int, _ message: String) -> JSONSyntaxError {
    JSONSyntaxError(offset: offset, message: message)
  }

  /// What stands at the current byte, in words for a message.
  package var found: String {
    guard index < bytes.count else { return "the end of the text" }
    let scalar = String(decoding: bytes[index..<min(index + 4, bytes.count)], as: UTF8.self).unicodeScalars
      .first
    guard let scalar, scalar.value > 0x20, scalar != "\u{7F}", scalar != "\u{FFFD}" else {
      return "the byte \(bytes[index])"
    }
    return "'\(scalar)'"
  }

  /// Reads a string from its opening quote past its closing one.
  package mutating func string() throws(JSONSyntaxError) -> String {
    let start = index
    var content: [UInt8] = []
    index += 1
    while true {
      guard let byte = next, byte != UInt8(ascii: "\n") else {
        throw error(
          at: start, "this string has no closing quote on its line; a line break inside one is written \\n")
      }
      switch byte {
      case UInt8(ascii: "\""):
        index += 1
        guard let string = String(validating: content, as: UTF8.self) else {
          throw error(at: start, "this string is not UTF-8; save the file in that encoding")
        }
        return string
      case UInt8(ascii: "\\"):
        content += String(try escaped()).utf8
      case 0..<0x20:
        throw error(at: index, "the control character \(byte) cannot stand in a string; a tab is written \\t")
      default:
        content.append(byte)
        index += 1
      }
    }
  }

  /// Reads an escape, from its backslash on.
  private mutating func escaped() throws(JSONSyntaxError) -> Unicode.Scalar {
    let start = index
    index += 1
    defer { index += 1 }
    switch next {
    case UInt8(ascii: "\""): return "\""
    case UInt8(ascii: "\\"): return "\\"
    case UInt8(ascii: "/"): return "/"
    case UInt8(ascii: "b"): return "\u{8}"
    case UInt8(ascii: "f"): return "\u{C}"
    case UInt8(ascii: "n"): return "\n"
    case UInt8(ascii: "r"): return "\r"
    case UInt8(ascii: "t"): return "\t"
    case UInt8(ascii: "u"): break
    default:
      throw error(at: start, "JSON has no such escape; a backslash itself is written \\\\")
    }
    var unit = hexadecimalUnit()
    if let high = unit, (0xD800..<0xDC00).contains(high), index + 2 < bytes.count,
      bytes[index + 1] == UInt8(ascii: "\\"), bytes[index + 2] == UInt8(ascii: "u")
    {
      // Characters beyond 16 bits are written as two units, a high surrogate and a low one.
      index += 2
      unit = hexadecimalUnit().flatMap { low in
        (0xDC00..<0xE000).contains(low) ? 0x10000 + (high - 0xD800) << 10 + (low - 0xDC00) : nil
      }
    }
    guard let unit, let scalar = Unicode.Scalar(unit) else {
      throw error(at: start, "\\u takes four hexadecimal digits that name a character, surrogates in pairs")
    }
    return scalar
  }

  /// Reads the four digits behind the `u` at the current byte and stops on the last one.
  private mutating func hexadecimalUnit() -> UInt32? {
    guard index + 4 < bytes.count else { return nil }
    var unit: UInt32 = 0
    for byte in bytes[index + 1...index + 4] {
      guard let digit = Character(Unicode.Scalar(byte)).hexDigitValue else { return nil }
      unit = unit << 4 + UInt32(digit)
    }
    index += 4
    return unit
  }

  /// Reads a number: an integer when it has neither point nor exponent and fits, else the nearest `Double`.
  package mutating func number() throws(JSONSyntaxError) -> JSON.Value {
    let start = index
    if next == UInt8(ascii: "-") { index += 1 }
    if let byte = next, isLetter(byte) { return try word(from: start) }
    let digits = index
    try skipDigits("a number needs a digit here")
    guard bytes[digits] != UInt8(ascii: "0") || index == digits + 1 else {
      throw error(at: start, "a number does not begin with a spare 0; remove it")
    }
    var isWhole = true
    if next == UInt8(ascii: ".") {
      index += 1
      isWhole = false
      try skipDigits("a number needs a digit after its point")
    }
    if next == UInt8(ascii: "e") || next == UInt8(ascii: "E") {
      index += 1
      isWhole = false
      if next == UInt8(ascii: "-") || next == UInt8(ascii: "+") { index += 1 }
      try skipDigits("a number needs a digit in its exponent")
    }
    let literal = String(decoding: bytes[start..<index], as: UTF8.self)
    if isWhole, let integer = Int(literal) { return .integer(integer) }
    guard let number = Double(literal), number.isFinite else {
      throw error(at: start, "this number is too large for a 64-bit float")
    }
    return .number(number)
  }

  private mutating func skipDigits(_ complaint: String) throws(JSONSyntaxError) {
    let start = index
    while let byte = next, isDigit(byte) { index += 1 }
    guard index > start else { throw error(at: index, "\(complaint), found \(found)") }
  }

  /// Reads `true`, `false` or `null`, and says what is wrong with anything else.
  package mutating func word(from start: Int? = nil) throws(JSONSyntaxError) -> JSON.Value {
    let start = start ?? index
    while let byte = next, isLetter(byte) { index += 1 }
    let word = String(decoding: bytes[start..<index], as: UTF8.self)
    switch word {
    case "true": return .flag(true)
    case "false": return .flag(false)
    case "null": return .null
    case "":
      let remedy =
        switch next {
        case UInt8(ascii: "'"): "; strings take double quotes"
        case UInt8(ascii: "."): "; a number begins with a digit, as in 0.5"
        case UInt8(ascii: "+"): "; a number takes no '+'"
        default: ""
        }
      throw error(at: start, "expected a value, found \(found)\(remedy)")
    default:
      let isNumber = ["nan", "inf", "infinity"].contains(word.lowercased().drop { $0 == "-" })
      throw error(
        at: start,
        isNumber
          ? "JSON has no number \(word); write a finite one"
          : "\(word.shortened) is no JSON value; write true, false, null, a number, or a string in double "
            + "quotes"
      )
    }
  }

  package func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }

  private func isLetter(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
  }
}
