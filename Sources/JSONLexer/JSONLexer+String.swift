extension JSONLexer {
  private static let quote = UInt8(ascii: "\""), backslash = UInt8(ascii: "\\")

  /// Reads a string from its opening quote past its closing one.
  package mutating func string() throws(JSONFault) -> String {
    let start = index
    skip()
    let first = index
    while let byte = next, byte != Self.quote, byte != Self.backslash, byte >= 0x20 { skip() }
    if next == Self.quote {
      let content = UnsafeRawBufferPointer(rebasing: bytes[first..<index])
      skip()
      return try text(content, from: start)
    }
    var content = [UInt8](bytes[first..<index])
    while let byte = next, byte != Self.quote {
      guard byte >= 0x20 else { throw fault(.controlCharacter(byte), from: start) }
      if byte == Self.backslash {
        content.append(contentsOf: String(try escaped()).utf8)
      } else {
        content.append(byte)
        skip()
      }
    }
    guard next == Self.quote else { throw fault(.unclosedString, from: start) }
    skip()
    return try text(content, from: start)
  }

  func fault(_ kind: JSONFault.Kind, from start: Int) -> JSONFault {
    JSONFault(kind: kind, start: start, index: index)
  }

  private func text(_ bytes: some Sequence<UInt8>, from start: Int) throws(JSONFault) -> String {
    guard let text = String(validating: bytes, as: UTF8.self) else { throw fault(.notUTF8, from: start) }
    return text
  }

  /// Reads an escape, from its backslash on.
  private mutating func escaped() throws(JSONFault) -> Unicode.Scalar {
    let start = index
    skip()
    guard let letter = next else { throw fault(.unclosedString, from: start) }
    skip()
    switch letter {
    case UInt8(ascii: "\""): return "\""
    case UInt8(ascii: "\\"): return "\\"
    case UInt8(ascii: "/"): return "/"
    case UInt8(ascii: "b"): return "\u{8}"
    case UInt8(ascii: "f"): return "\u{C}"
    case UInt8(ascii: "n"): return "\n"
    case UInt8(ascii: "r"): return "\r"
    case UInt8(ascii: "t"): return "\t"
    case UInt8(ascii: "u"): return try escapedUnit(from: start)
    default: throw fault(.unknownEscape, from: start)
    }
  }

  /// Reads what follows `\u`: four digits, and the second half of a pair where they are the first. Characters beyond
  /// 16 bits are written as two units, a high surrogate and a low one.
  private mutating func escapedUnit(from start: Int) throws(JSONFault) -> Unicode.Scalar {
    var unit = try hexadecimal(from: start)
    if (0xD800..<0xDC00).contains(unit) {
      for byte in [Self.backslash, UInt8(ascii: "u")] {
        guard next == byte else { throw fault(.loneSurrogate, from: start) }
        skip()
      }
      let low = try hexadecimal(from: start)
      guard (0xDC00..<0xE000).contains(low) else { throw fault(.loneSurrogate, from: start) }
      unit = 0x10000 + (unit - 0xD800) << 10 + (low - 0xDC00)
    }
    guard let scalar = Unicode.Scalar(unit) else { throw fault(.loneSurrogate, from: start) }
    return scalar
  }

  private mutating func hexadecimal(from start: Int) throws(JSONFault) -> UInt32 {
    var unit: UInt32 = 0
    for _ in 0..<4 {
      guard let byte = next, let digit = Character(Unicode.Scalar(byte)).hexDigitValue else {
        throw fault(.missingHexadecimalDigit, from: start)
      }
      unit = unit << 4 + UInt32(digit)
      skip()
    }
    return unit
  }
}
