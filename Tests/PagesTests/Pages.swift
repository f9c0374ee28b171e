import Foundation

/// The folder of the package.
let packageFolder = URL(fileURLWithPath: #filePath)
  .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

/// The text of a file of the package.
func text(_ path: String) throws -> String {
  try String(contentsOf: packageFolder.appendingPathComponent(path), encoding: .utf8)
}

/// Files of a folder with an ending, sorted, as paths within the package.
func files(in folder: String, ending: String) throws -> [String] {
  try FileManager.default.contentsOfDirectory(atPath: packageFolder.appendingPathComponent(folder).path)
    .filter { $0.hasSuffix(ending) }.sorted().map { "\(folder)/\($0)" }
}

/// What stands between backticks.
func quotedWords(_ text: some StringProtocol) -> [String] {
  text.split(separator: "`", omittingEmptySubsequences: false).enumerated()
    .filter { $0.offset % 2 == 1 }.map { String($0.element) }
}
