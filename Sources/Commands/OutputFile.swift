import Foundation

/// A file that a command writes at its end.
public enum OutputFile {
  /// Refuses a folder that could not be written into, or made, before the work that it is to show has been done.
  /// - Throws: `Failure` with `cannotCreate`.
  public static func checkFolder(_ path: String, _ option: String) throws {
    var existing = URL(fileURLWithPath: path).standardizedFileURL
    while existing.path != "/", !FileManager.default.fileExists(atPath: existing.path) {
      existing.deleteLastPathComponent()
    }
    var status = stat()
    guard stat(existing.path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else {
      throw Failure(.cannotCreate, "\(option) \(path): \(existing.path) is not a folder; name another.")
    }
    guard FileManager.default.isWritableFile(atPath: existing.path) else {
      throw Failure(
        .cannotCreate, "\(option) \(path) cannot be written: name a folder that you may write to.")
    }
  }

  /// Refuses a path that could not be written, before the work that it is to show has been done.
  ///
  /// - Parameters:
  ///   - option: the option that names it, as in "--report".
  ///   - endings: one of which its name must have, if any.
  /// - Throws: `Failure` with `cannotCreate`, or `usage` for another ending.
  public static func check(_ path: String, _ option: String, endings: [String] = []) throws {
    var status = stat()
    let kind = stat(path, &status) == 0 ? status.st_mode & S_IFMT : S_IFREG
    if kind == S_IFDIR {
      throw Failure(.cannotCreate, "\(option) \(path) is a folder; name a file in it.")
    }
    guard endings.isEmpty || endings.contains(where: { path.lowercased().hasSuffix($0) }) else {
      throw Failure(
        .usage, "\(option) \(path): give it a name that ends in \(endings.joined(separator: " or ")).")
    }
    if kind != S_IFREG {
      throw Failure(
        .cannotCreate, "\(option) \(path) is a device or a pipe, which would be replaced; name a file.")
    }
    let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
    guard FileManager.default.isWritableFile(atPath: folder) else {
      throw Failure(
        .cannotCreate,
        "\(option) \(path) cannot be written: make the folder \(folder), or name one that you may write to.")
    }
  }
}
