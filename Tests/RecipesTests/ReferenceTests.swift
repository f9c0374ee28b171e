import Fields
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
    guard case .list(let kinds) = schema["oneOf"]?.value else { throw Missing() }
    #expect(kinds.map { $0["title"] } == TaskKind.allCases.map { JSON(.string($0.rawValue)) })
    for (kind, alternative) in zip(TaskKind.allCases, kinds) {
      #expect(alternative["additionalProperties"] == JSON(.flag(false)))
      let task = kind == .textToVideo ? [] : ["task"]
      #expect(
        alternative["required"]
          == JSON(.list((["version"] + task + ["data", "training"]).map { JSON(.string($0)) })))
      #expect(
        alternative["properties"]?["task"]?["properties"]?["kind"]?["enum"]
          == JSON(.list([JSON(.string(kind.rawValue))])))
      let data = alternative["properties"]?["data"]
      #expect(data?["additionalProperties"] == JSON(.flag(false)))
      #expect(data?["required"] == JSON(.list(["train", "frames", "height", "width", "frameRate"])))
      let rate = data?["properties"]?["frameRate"]
      #expect(rate?["exclusiveMinimum"] == JSON(.number(0)) && rate?["maximum"] == JSON(.number(240)))
    }
  }

  private struct Missing: Error {}

  @Test func theReferenceHasEveryKey() {
    let reference = Recipe.reference()
    for path in TaskKind.allCases.map(Recipe.table).flatMap(\.leafPaths) {
      #expect(reference.contains("| `\(path)` |"))
    }
  }
}
