import Testing

@testable import Fields

@Suite struct JSONParserTests {
  private func parse(_ text: String) throws -> JSON {
    var parser = JSONParser(Array(text.utf8)) { .file(offset: $0) }
    return try parser.document()
  }

  private func failure(_ text: String) -> JSONSyntaxError? {
    var parser = JSONParser(Array(text.utf8)) { .file(offset: $0) }
    do {
      _ = try parser.document()
      return nil
    } catch {
      return error
    }
  }

  @Test(arguments: [
    ("true", JSON.Value.flag(true)), (" null\n", .null), ("0", .integer(0)), ("-12", .integer(-12)),
    ("8.0", .number(8)), ("1e3", .number(1000)), ("-2.5E-1", .number(-0.25)), ("\"\"", .string("")),
    ("9223372036854775807", .integer(.max)), ("9223372036854775808", .number(9_223_372_036_854_775_808)),
    (#""a\"\\\/\b\f\n\r\té\u00e9\ud83d\ude00""#, .string("a\"\\/\u{8}\u{C}\n\r\téé😀")),
    ("[]", .list([])), ("{}", .object([])),
    ("[1,[true]]", .list([JSON(.integer(1)), JSON(.list([JSON(.flag(true))]))])),
  ])
  func readsValues(text: String, value: JSON.Value) throws {
    #expect(try parse(text).value == value)
  }

  @Test func rememberPlaces() throws {
    let json = try parse("{\"a\": [1,  {\"b\": true}]}")
    #expect(json.place == .file(offset: 0))
    guard case .object(let members) = json.value else { return #expect(Bool(false)) }
    #expect(members[0].place == .file(offset: 1))
    #expect(members[0].value.place == .file(offset: 6))
    guard case .list(let elements) = members[0].value.value else { return #expect(Bool(false)) }
    #expect(elements[1].place == .file(offset: 11))
    #expect(elements[1]["b"]?.place == .file(offset: 17))
  }

  @Test(arguments: [
    ("", 0, "the text is empty; a recipe is one JSON object, { … }"),
    ("{", 1, "expected a key in double quotes, found the end of the text"),
    ("{\"a\" 1}", 5, "expected ':' after the key \"a\", found '1'"),
    ("{\"a\": 1 \"b\": 2}", 8, "expected ',' or '}' after the value of \"a\", found '\"'"),
    ("{\"a\": 1,}", 7, "remove this comma: JSON has none between the value of \"a\" and '}'"),
    ("[1, 2,]", 5, "remove this comma: JSON has none between value 2 of the list and ']'"),
    ("[1 2]", 3, "expected ',' or ']' after value 1 of the list, found '2'"),
    ("{a: 1}", 1, "expected a key in double quotes, found 'a'"),
    ("{} {}", 3, "expected the end of the text after the last brace, found '{'"),
    ("{ // no\n}", 2, "JSON has no comments; put remarks under the key \"notes\""),
    ("[1, # no\n]", 4, "JSON has no comments; put remarks under the key \"notes\""),
    ("[NaN]", 1, "JSON has no number NaN; write a finite one"),
    ("[-Infinity]", 1, "JSON has no number -Infinity; write a finite one"),
    ("[True]", 1, "True is no JSON value; write true, false, null, a number, or a string in double quotes"),
    ("['a']", 1, "expected a value, found '''; strings take double quotes"),
    ("[.5]", 1, "expected a value, found '.'; a number begins with a digit, as in 0.5"),
    ("[+5]", 1, "expected a value, found '+'; a number takes no '+'"),
    ("[05]", 1, "a number does not begin with a spare 0; remove it"),
    ("[5.]", 3, "a number needs a digit after its point, found ']'"),
    ("[-]", 2, "a number needs a digit here, found ']'"),
    ("[1e]", 3, "a number needs a digit in its exponent, found ']'"),
    ("[1e999]", 1, "this number is too large for a 64-bit float"),
    ("[\"a\n\"]", 1, "this string has no closing quote on its line; a line break inside one is written \\n"),
    ("[\"a\t\"]", 3, "the control character 9 cannot stand in a string; a tab is written \\t"),
    ("[\"\\x\"]", 2, "JSON has no such escape; a backslash itself is written \\\\"),
    ("[\"\\u12\"]", 2, "\\u takes four hexadecimal digits that name a character, surrogates in pairs"),
    ("[\"\\ud800\"]", 2, "\\u takes four hexadecimal digits that name a character, surrogates in pairs"),
    (
      "[\"\\ud800\\u0041\"]", 2,
      "\\u takes four hexadecimal digits that name a character, surrogates in pairs"
    ),
    ("[é]", 1, "expected a value, found 'é'"),
    ("[\u{0}]", 1, "expected a value, found the byte 0"),
  ])
  func refuses(text: String, offset: Int, message: String) {
    #expect(failure(text) == JSONSyntaxError(offset: offset, message: message))
  }

  @Test func refusesBadUTF8() {
    var parser = JSONParser([0x22, 0xC3, 0x28, 0x22]) { .file(offset: $0) }
    #expect(
      throws: JSONSyntaxError(offset: 0, message: "this string is not UTF-8; save the file in that encoding")
    ) {
      try parser.document()
    }
  }

  @Test func limitsDepth() throws {
    let limit = JSONParser.depthLimit
    _ = try parse(String(repeating: "[", count: limit) + String(repeating: "]", count: limit))
    #expect(
      failure(String(repeating: "[", count: 100_000))
        == JSONSyntaxError(offset: limit, message: "lists and objects are nested deeper than 64 levels"))
  }

  @Test func limitsSize() throws {
    let space = String(repeating: " ", count: JSONParser.sizeLimit - 2)
    _ = try parse("{}" + space)
    #expect(failure("{} " + space)?.message.hasPrefix("the text is longer than 1 MB") == true)
  }

  @Test func gathersRepeatedKeys() throws {
    var parser = JSONParser(Array(#"{"a": {"b": 1, "b": 2}, "a b": 1, "a b": 2}"#.utf8)) { .file(offset: $0) }
    let json = try parser.document()
    #expect(json["a"]?["b"] == JSON(.integer(1)))
    #expect(parser.repeatedKeys.map(\.path) == ["a.b", "\"a b\""])
    #expect(parser.repeatedKeys.map(\.place) == [.file(offset: 15), .file(offset: 34)])
  }
}
