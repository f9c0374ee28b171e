import Foundation
import Testing

@testable import Fields

@Suite struct SourceTextTests {
  @Test(arguments: [(0, 1, 1), (2, 1, 3), (3, 2, 1), (5, 2, 2), (6, 2, 3), (7, 3, 1), (8, 3, 2), (99, 3, 3)])
  func countsLinesAndCharacters(offset: Int, line: Int, column: Int) {
    let text = SourceText(name: "", bytes: "ab\né!\nyz".utf8)
    #expect(text.position(of: offset) == (line, column))
  }

  @Test func skipsAByteOrderMark() {
    #expect(SourceText(name: "", bytes: "\u{FEFF}{}".utf8).bytes == Array("{}".utf8))
  }

  @Test func namesAFileThatIsNotThere() {
    let expected =
      "no/such.json: there is no such file; give the path of a recipe, for example Recipes/quickstart.json"
    let error = #expect(throws: RecipeErrors.self) { try SourceText(path: "no/such.json") }
    #expect(error?.description == expected)
  }

  @Test func namesAFolder() {
    let error = #expect(throws: RecipeErrors.self) { try SourceText(path: "/tmp") }
    #expect(error?.description.hasPrefix("/tmp: this is a folder; give the path of a recipe") == true)
  }
}
