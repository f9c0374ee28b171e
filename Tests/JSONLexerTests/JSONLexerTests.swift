import Testing

@testable import JSONLexer

struct JSONLexerTests {
  private func read<Scalar>(_ bytes: [UInt8], _ body: (inout JSONLexer) throws(JSONFault) -> Scalar)
    throws(JSONFault) -> (scalar: Scalar, index: Int)
  {
    try bytes.withUnsafeBufferPointer { (bytes) throws(JSONFault) in
      var lexer = JSONLexer(UnsafeRawBufferPointer(bytes), from: 1, to: bytes.count)
      return (try body(&lexer), lexer.index)
    }
  }

  private func string(_ text: String) throws(JSONFault) -> (scalar: String, index: Int) {
    try read(Array((" " + text).utf8)) { (lexer) throws(JSONFault) in try lexer.string() }
  }

  private func number(_ text: String) throws(JSONFault) -> (scalar: JSONLexer.Number, index: Int) {
    try read(Array((" " + text).utf8)) { (lexer) throws(JSONFault) in try lexer.number() }
  }

  @Test func stringsAreReadPastTheirQuote() throws {
    let plain = try string("\"plain é\", more")
    #expect(plain.scalar == "plain é" && plain.index == 11)
    let escaped = try string(#""a\"\\\/\b\f\n\r\té\u00e9\ud83d\ude00\u0000":"#)
    #expect(escaped.scalar == "a\"\\/\u{8}\u{C}\n\r\téé😀\0" && escaped.index == 46)
  }

  @Test(arguments: [
    ("\"abc", JSONFault.Kind.unclosedString, 1, 5), ("\"abc\\", .unclosedString, 5, 6),
    ("\"a\nb\"", .controlCharacter(10), 1, 3), ("\"a\\x\"", .unknownEscape, 3, 5),
    ("\"\\u12g4\"", .missingHexadecimalDigit, 2, 6), ("\"\\ud83d\"", .loneSurrogate, 2, 8),
    ("\"\\ud83d\\n\"", .loneSurrogate, 2, 9), ("\"\\ude00\"", .loneSurrogate, 2, 8),
    ("\"\\ud83d\\u0041\"", .loneSurrogate, 2, 14),
  ])
  func whatIsWrongWithAStringIsTold(text: String, kind: JSONFault.Kind, start: Int, index: Int) {
    #expect(throws: JSONFault(kind: kind, start: start, index: index)) { try string(text) }
  }

  @Test func aStringIsUTF8() {
    #expect(throws: JSONFault(kind: .notUTF8, start: 1, index: 5)) {
      try read([0x20, 0x22, 0xC3, 0x28, 0x22]) { (lexer) throws(JSONFault) in try lexer.string() }
    }
  }

  @Test(arguments: [
    ("0", 0, true), ("-12,", -12, true), ("8.0]", 8, false), ("1e3", 1000, false), ("-2.5E-1", -0.25, false),
    ("9223372036854775808", 9_223_372_036_854_775_808, true),
  ])
  func numbersAreReadAsWritten(text: String, value: Double, isWhole: Bool) throws {
    let number = try number(text).scalar
    #expect(number.value == value && number.isWhole == isWhole)
    #expect(text.hasPrefix(number.text))
  }

  @Test(arguments: [
    ("-", JSONFault.Kind.missingDigit(.whole), 2), ("5.", .missingDigit(.fraction), 3),
    ("1e+", .missingDigit(.exponent), 4), ("-01", .spareZero, 4), ("1e999", .tooLarge, 6),
  ])
  func whatIsWrongWithANumberIsTold(text: String, kind: JSONFault.Kind, index: Int) {
    #expect(throws: JSONFault(kind: kind, start: 1, index: index)) { try number(text) }
  }
}
