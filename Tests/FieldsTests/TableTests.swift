import Foundation
import Testing

@testable import Recipes

@Suite struct TableTests {
  private var fields: [(path: String, field: Field)] {
    Recipe.table.leafPaths.compactMap { path in
      Recipe.table.field(at: path.split(separator: ".").map(String.init)).map { (path, $0) }
    }
  }

  @Test func everyDefaultIsAllowed() {
    #expect(fields.count == Recipe.table.leafPaths.count)
    for (path, field) in fields {
      guard let standard = field.standard else { continue }
      #expect(
        field.kind.read(standard, at: path, report: { Issue.record("\($0.path) \($0.message)") }) == standard)
    }
  }

  @Test func everyFieldIsExplained() {
    for (path, field) in fields {
      #expect(field.meaning.hasSuffix(".") && !field.meaning.contains("|"), "\(path)")
    }
  }

  @Test func everyPlaceholderIsAllowed() {
    for (path, field) in fields {
      #expect(field.kind.read(field.kind.placeholder, at: path, report: { _ in }) != nil, "\(path)")
    }
  }

  @Test func scriptsFindTheirKeys() {
    let promised = [
      "seed", "data.train", "data.validation", "data.frames", "data.height", "data.width", "data.frameRate",
      "training.steps", "training.batch", "training.checkpointEvery", "training.sampleEvery",
    ]
    #expect(Set(promised).subtracting(Recipe.table.leafPaths).isEmpty)
  }
}
