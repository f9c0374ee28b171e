import Foundation
import Testing

@testable import Manifests

struct JSONScannerTests {
  private func scan<Value>(_ text: String, _ read: (inout JSONScanner) throws -> Value) throws -> Value {
    try Array(text.utf8).withUnsafeBytes { bytes in
      var scanner = JSONScanner(bytes)
      scanner.skipSpace()
      let value = try read(&scanner)
      try scanner.finish()
      return value
    }
  }

  @Test(arguments: [
    "{}", "[]", "[1, -0, 0.5, 1e3, -1E-2]", "{\"a\": {\"b\": [null, true, false, \"x\"]}}", " [ ] ",
    "\"\\u00e9\"",
    "\"\\ud83d\\ude00\"", "\r\n\t{ \"a\" : 1 , \"b\" : 2 } ", "0", "\"\u{7F}\"",
  ])
  func takes(text: String) { #expect(throws: Never.self) { try scan(text) { try $0.skipValue() } } }

  @Test(arguments: [
    "[1,]", "[,1]", "{\"a\":1,}", "{a:1}", "{\"a\" 1}", "{\"a\":}", "[1 2]", "01", "-", "-01", "1.", ".5",
    "1e", "+1",
    "nul", "truee", "\"\\x\"", "\"\\ud83d\"", "\"\\ude00\"", "\"\\ud83dx\"", "\"\\ud83d\\u0041\"",
    "\"\\u12\"",
    "\"\\u12g4\"", "\"abc", "{", "[", "[}", "{]", "\"a\tb\"", "[1] 2", "", "NaN", "'a'", "/* c */ 1", "1e999",
    "\u{FEFF}1",
  ])
  func refuses(text: String) { #expect(throws: JSONProblem.self) { try scan(text) { try $0.skipValue() } } }

  @Test func stringsAreReadAsFoundationReadsThem() throws {
    for text in ["\"\"", "\"plain\"", "\"a\\\"b\\\\c\\/d\\b\\f\\n\\r\\t\\u0041\\u20ac\\ud83d\\ude00é€😀\""] {
      #expect(try scan(text) { try $0.string() } == JSONDecoder().decode(String.self, from: Data(text.utf8)))
    }
  }

  @Test func whatIsRefusedBesidesBrokenSyntax() throws {
    func reason(_ text: String) -> String {
      let problem = #expect(throws: JSONProblem.self) { try scan(text) { try $0.skipValue() } }
      return problem?.text ?? ""
    }
    #expect(reason("{\"a\": 1, \"b\": {\"c\": 1, \"c\": 2}}") == "the key c stands there twice")
    #expect(reason("[\"\\u0000\"]").contains("the character NUL stands in a string"))
    #expect(reason(String(repeating: "[", count: 65)).contains("nested deeper than 64 levels"))
    #expect(reason("[1, 2") == "it is not valid JSON (byte 6: it ends too early)")
    let deep = String(repeating: "[", count: 64) + String(repeating: "]", count: 64)
    #expect(throws: Never.self) { try scan(deep) { try $0.skipValue() } }
  }
}
