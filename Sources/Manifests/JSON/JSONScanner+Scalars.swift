import JSONLexer

/// Strings and numbers.
extension JSONScanner {
  /// Reads the string that comes next.
  mutating func string() throws(JSONProblem) -> String {
    let text = try read { (lexer) throws(JSONFault) in try lexer.string() }
    guard !text.utf8.contains(0) else { throw syntax("the character NUL stands in a string") }
    return text
  }

  /// Reads the number that comes next: its value, and how it is written.
  mutating func number() throws(JSONProblem) -> JSONLexer.Number {
    try read { (lexer) throws(JSONFault) in try lexer.number() }
  }

  private mutating func read<Scalar>(
    _ body: (inout JSONLexer) throws(JSONFault) -> Scalar
  ) throws(JSONProblem) -> Scalar {
    var lexer = JSONLexer(bytes, from: index, to: end)
    do throws(JSONFault) {
      let scalar = try body(&lexer)
      index = lexer.index
      return scalar
    } catch {
      index = error.index
      throw problem(error.kind)
    }
  }

  private func problem(_ kind: JSONFault.Kind) -> JSONProblem {
    switch kind {
    case .unclosedString: syntax("a string is never closed")
    case .controlCharacter: syntax("a control character stands in a string")
    case .notUTF8: JSONProblem(text: "it is not UTF-8 text")
    case .unknownEscape: syntax("JSON has no such escape")
    case .missingHexadecimalDigit: syntax("\\u takes four hexadecimal digits")
    case .loneSurrogate: syntax("half of a surrogate pair is missing")
    case .missingDigit: syntax("a digit is missing")
    case .spareZero: syntax("a number begins with a spare 0")
    case .tooLarge: syntax("a number is too large")
    }
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
