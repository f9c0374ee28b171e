import Fields
import Foundation
import Testing

@testable import Recipes

@Suite struct TableTests {
  private var fields: [(path: String, field: Field)] {
    TaskKind.allCases.map(Recipe.table).flatMap { table in
      table.leafPaths.map { ($0, table.field(at: $0.split(separator: ".").map(String.init))!) }
    }
  }

  @Test func everyDefaultIsAllowed() {
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
      "training.steps", "training.batchSize", "training.checkpointEvery", "training.sampleEvery",
    ]
    #expect(Set(promised).subtracting(Recipe.table(of: .textToVideo).leafPaths).isEmpty)
  }
}
