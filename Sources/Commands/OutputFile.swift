import Foundation

/// A file that a command writes at its end.
public enum OutputFile {
  /// Whether two paths lead to one file, which is there.
  public static func isSame(_ path: String, _ other: String) -> Bool {
    var (one, two) = (stat(), stat())
    return stat(path, &one) == 0 && stat(other, &two) == 0 && one.st_dev == two.st_dev
      && one.st_ino == two.st_ino
  }

  /// Refuses a path that could not be written, before the work that it is to show has been done.
  ///
  /// - Parameter option: the option that names it, as in "--report".
  /// - Throws: `Failure` with `cannotCreate`.
  public static func check(_ path: String, _ option: String) throws {
    var isFolder: ObjCBool = false
    if FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), isFolder.boolValue {
      throw Failure(.cannotCreate, "\(option) \(path) is a folder; name a file in it.")
    }
    let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
    guard FileManager.default.isWritableFile(atPath: folder) else {
      throw Failure(
        .cannotCreate,
        "\(option) \(path) cannot be written: make the folder \(folder), or name one that you may write to.")
    }
  }
}
