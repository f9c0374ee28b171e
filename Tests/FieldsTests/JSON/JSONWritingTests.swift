import Testing

@testable import Fields

@Suite struct JSONWritingTests {
  @Test func readsBackToTheSame() throws {
    let text = """
      {
        "flags": [true, false, null],
        "numbers": [0, -7, 0.1, 1e-08, 5e-324, 1e+300, 8.0],
        "empty": {},
        "none": [],
        "words": ["a", "b"],
        "sentences": [
          "a red circle moves to the left",
          "\\"quoted\\" \\\\ \\n \\u0001 é 😀"
        ],
        "inside": {
          "list": [
            [1],
            {
              "a": 1
            }
          ]
        }
      }
      """
    var parser = JSONParser(Array(text.utf8)) { .file(offset: $0) }
    #expect(try parser.document().text == text)
  }
}
