import Foundation

/// A folder that goes when the test is done with it.
package final class TemporaryFolder: Sendable {
  /// Its path.
  package let path: String

  /// Makes it.
  package init() throws {
    path = NSTemporaryDirectory() + "clips-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  /// Writes a text, or an empty file, and makes the folders it lies in.
  @discardableResult
  package func write(_ name: String, _ text: String = "") throws -> String {
    let file = URL(fileURLWithPath: "\(path)/\(name)")
    try FileManager.default.createDirectory(
      at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(text.utf8).write(to: file)
    return file.path
  }

  /// Reads a text.
  package func text(_ name: String) throws -> String {
    try String(contentsOfFile: "\(path)/\(name)", encoding: .utf8)
  }
}
