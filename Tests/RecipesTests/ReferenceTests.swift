import Foundation
import Testing

@testable import Recipes

/// The written pages are made from the table of fields. To write them anew:
/// `UPDATE_DOCS=1 swift test -c release -Xswiftc -enable-testing --filter ReferenceTests`.
@Suite struct ReferenceTests {
  @Test(arguments: ["recipe-reference.md", "recipe.schema.json"])
  func isUpToDate(name: String) throws {
    let text = name.hasSuffix(".md") ? Recipe.reference() : Recipe.jsonSchema()
    let file = packageFolder.appendingPathComponent("docs/\(name)")
    if ProcessInfo.processInfo.environment["UPDATE_DOCS"] != nil {
      try text.write(to: file, atomically: true, encoding: .utf8)
    }
    let written = try? String(contentsOf: file, encoding: .utf8)
    #expect(written == text, "docs/\(name) is old; run the tests once with UPDATE_DOCS=1")
  }

  @Test func theSchemaIsClosedAndKnowsWhatIsRequired() throws {
    var parser = JSONParser(Array(Recipe.jsonSchema().utf8)) { .file(offset: $0) }
    let schema = try parser.document()
    #expect(schema["additionalProperties"] == JSON(.flag(false)))
    #expect(schema["required"] == JSON(.list(["data", "training"])))
    let data = schema["properties"]?["data"]
    #expect(data?["additionalProperties"] == JSON(.flag(false)))
    #expect(data?["required"] == JSON(.list(["train", "frames", "height", "width", "frameRate"])))
    let rate = data?["properties"]?["frameRate"]
    #expect(rate?["exclusiveMinimum"] == JSON(.number(0)) && rate?["maximum"] == JSON(.number(240)))
  }

  @Test func theReferenceHasEveryKey() {
    for path in Recipe.table.leafPaths { #expect(Recipe.reference().contains("| `\(path)` |")) }
  }
}
