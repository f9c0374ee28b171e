import Foundation
import Testing

/// Code that a page quotes from a file stands in that file. Such a block names the file behind its language:
///
///     ```swift Sources/Layers/Layer.swift
///
/// A line of an ellipsis alone parts pieces that do not follow each other in the file. Pieces may stand further left than
/// in the file.
struct QuotedCodeTests {
  private struct Quotation {
    let page: String, path: String, pieces: [String]
  }

  private func quotations(in page: String) throws -> [Quotation] {
    var (found, path, lines) = ([Quotation](), String?.none, [Substring]())
    for line in try text(page).split(separator: "\n", omittingEmptySubsequences: false) {
      guard line.hasPrefix("```") else {
        lines.append(line)
        continue
      }
      if let path {
        let pieces = lines.split { $0.trimmingCharacters(in: .whitespaces) == "…" }
        found.append(
          Quotation(page: page, path: path, pieces: pieces.map { $0.joined(separator: "\n") }))
      }
      path = path == nil && line.contains(" ") ? line.split(separator: " ").last.map(String.init) : nil
      lines = []
    }
    return found
  }

  /// Whether lines that follow each other in a text are those of a piece, all moved by the same number of spaces.
  private func stands(_ piece: String, in text: String) -> Bool {
    [0, 2, 4, 6].contains { spaces in
      let moved = piece.split(separator: "\n", omittingEmptySubsequences: false)
        .map { $0.isEmpty ? "" : String(repeating: " ", count: spaces) + $0 }.joined(separator: "\n")
      return ("\n" + text).contains("\n" + moved.trimmingCharacters(in: .newlines) + "\n")
    }
  }

  @Test func eachQuotationStandsInItsFile() throws {
    let pages = try files(in: "docs", ending: ".md") + ["README.md", "CONTRIBUTING.md"]
    let quotations = try pages.flatMap(quotations)
    for quotation in quotations {
      let source = try? text(quotation.path)
      #expect(source != nil, "\(quotation.page) quotes \(quotation.path), which is not there")
      for piece in quotation.pieces {
        #expect(
          stands(piece, in: source ?? ""),
          "\(quotation.page): this is not in \(quotation.path) any more:\n\(piece)")
      }
    }
    let quoting = Set(quotations.map(\.page))
    #expect(
      quoting.isSuperset(of: ["docs/adding-a-layer.md", "docs/adding-a-task.md", "docs/architecture.md"]))
  }

  @Test func whatIsNotThereIsMissed() {
    #expect(stands("let a = 1\nlet b = 2", in: "struct A {\n  let a = 1\n  let b = 2\n}\n"))
    #expect(!stands("let a = 1\n  let b = 2", in: "struct A {\n  let a = 1\n  let b = 2\n}\n"))
    #expect(!stands("let a = 1", in: "let a = 12\n"))
  }
}
