import JSONLexer

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
    try read { (lexer) throws(JSONFault) in try lexer.string() }
  }

  /// Reads a number: an integer when it has neither point nor exponent and fits, else the nearest `Double`.
  package mutating func number() throws(JSONSyntaxError) -> JSON.Value {
    if next == UInt8(ascii: "-"), index + 1 < bytes.count, isLetter(bytes[index + 1]) {
      let start = index
      index += 1
      return try word(from: start)
    }
    let number = try read { (lexer) throws(JSONFault) in try lexer.number() }
    if number.isWhole, let integer = Int(number.text) { return .integer(integer) }
    return .number(number.value)
  }

  private mutating func read<Scalar>(
    _ body: (inout JSONLexer) throws(JSONFault) -> Scalar
  ) throws(JSONSyntaxError) -> Scalar {
    let start = index
    do throws(JSONFault) {
      let (scalar, index) = try bytes.withUnsafeBufferPointer { (bytes) throws(JSONFault) in
        var lexer = JSONLexer(UnsafeRawBufferPointer(bytes), from: start, to: bytes.count)
        return (try body(&lexer), lexer.index)
      }
      self.index = index
      return scalar
    } catch {
      index = error.index
      throw syntaxError(error, in: start)
    }
  }

  /// A fault of the string or number that begins at `start`, in words.
  private func syntaxError(_ fault: JSONFault, in start: Int) -> JSONSyntaxError {
    switch fault.kind {
    case .unclosedString, .controlCharacter(UInt8(ascii: "\n")):
      error(
        at: start, "this string has no closing quote on its line; a line break inside one is written \\n")
    case .controlCharacter(let byte):
      error(
        at: fault.index, "the control character \(byte) cannot stand in a string; a tab is written \\t")
    case .notUTF8: error(at: start, "this string is not UTF-8; save the file in that encoding")
    case .unknownEscape:
      error(at: fault.start, "JSON has no such escape; a backslash itself is written \\\\")
    case .missingHexadecimalDigit, .loneSurrogate:
      error(
        at: fault.start, "\\u takes four hexadecimal digits that name a character, surrogates in pairs")
    case .missingDigit(let part): error(at: fault.index, "\(complaint(part)), found \(found)")
    case .spareZero: error(at: start, "a number does not begin with a spare 0; remove it")
    case .tooLarge: error(at: start, "this number is too large for a 64-bit float")
    }
  }

  private func complaint(_ part: JSONFault.NumberPart) -> String {
    switch part {
    case .whole: "a number needs a digit here"
    case .fraction: "a number needs a digit after its point"
    case .exponent: "a number needs a digit in its exponent"
    }
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
