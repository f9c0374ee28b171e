import Clips
import Foundation

/// A folder that goes when the test is done with it.
final class TemporaryFolder: Sendable {
  let path: String

  init() throws {
    path = NSTemporaryDirectory() + "clips-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  /// Writes a text, or an empty file, and makes the folders it lies in.
  @discardableResult
  func write(_ name: String, _ text: String = "") throws -> String {
    let file = URL(fileURLWithPath: "\(path)/\(name)")
    try FileManager.default.createDirectory(
      at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(text.utf8).write(to: file)
    return file.path
  }

  func text(_ name: String) throws -> String {
    try String(contentsOfFile: "\(path)/\(name)", encoding: .utf8)
  }
}

/// A small embedded set in a folder of its own.
struct SmallSet {
  let folder: TemporaryFolder
  let settings: SyntheticSettings

  init(_ settings: SyntheticSettings) throws {
    folder = try TemporaryFolder()
    self.settings = settings
    try SyntheticSet.write(to: path, settings)
  }

  var path: String { folder.path + "/set" }

  func manifest(_ split: String = "train") throws -> Manifest { try Manifest.load("\(path)/\(split).jsonl") }
}
