import Foundation
import Testing

/// What pages say that a target may import is what `Package.swift` lets it import.
struct ImportsTests {
  private func manifest() throws -> PackageManifest { PackageManifest(try text("Package.swift")) }

  @Test func theManifestIsUnderstood() throws {
    let manifest = try manifest()
    #expect(manifest.imports["Checkpoints"] == ["HDF5", "Isolation", "Files", "Hashing"])
    #expect(manifest.imports["Files"] == [])
    #expect(manifest.imports["vfm-train"]?.isSuperset(of: ["Commands", "Training", "Tensors"]) == true)
    let folders = try FileManager.default.contentsOfDirectory(
      atPath: packageFolder.appendingPathComponent("Sources").path)
    #expect(Set(folders).subtracting(manifest.imports.keys) == [])
  }

  @Test func theTableOfTargetsIsThatOfThePackage() throws {
    let manifest = try manifest()
    var told: [String: Set<String>] = [:]
    for line in try text("docs/architecture.md").split(separator: "\n") where line.hasPrefix("| `") {
      let cells = line.split(separator: "|", omittingEmptySubsequences: false)
      guard cells.count == 5 else { continue }
      var imports = Set(quotedWords(cells[3]))
      if imports.remove("library") != nil { imports.formUnion(manifest.library) }
      for name in quotedWords(cells[1]) { told[name] = imports }
    }
    for name in Set(told.keys).union(manifest.imports.keys).sorted() {
      #expect(told[name] == manifest.imports[name], "\(name) in docs/architecture.md")
    }
  }

  @Test func eachModulesPageTellsWhatItImports() throws {
    let manifest = try manifest()
    for folder in try FileManager.default.contentsOfDirectory(
      atPath: packageFolder.appendingPathComponent("Sources").path
    ).sorted() {
      let page = try text("Sources/\(folder)/README.md").replacingOccurrences(of: "\n", with: " ")
      guard let start = page.range(of: "Imports "), let end = page.range(of: ". Begin with") else {
        Issue.record("Sources/\(folder)/README.md does not say what it imports and where to begin")
        continue
      }
      let sentence = page[start.upperBound..<end.lowerBound]
      var imports = Set(quotedWords(sentence))
      if sentence.contains("the whole library") { imports.formUnion(manifest.library) }
      #expect(imports == manifest.imports[folder], "Sources/\(folder)/README.md")
    }
  }
}
