import Files
import Foundation

/// The files of a folder and of all folders in it.
enum FolderListing {
  /// Paths relative to the folder, in the order of their bytes. Hidden files and folders are left out, and
  /// links to folders are not followed.
  /// - Throws: `ManifestError` when one of them cannot be listed: a run on the rest would be on other clips.
  static func files(in folder: String) throws(ManifestError) -> [String] {
    var names: [String] = []
    var folders = [""]
    while let prefix = folders.popLast() {
      let path = prefix.isEmpty ? folder : "\(folder)/\(prefix)"
      guard let stream = opendir(path) else { throw unreadable(path) }
      defer { closedir(stream) }
      errno = 0
      while let entry = readdir(stream) {
        defer { errno = 0 }
        // A name that is not UTF-8 gets the sign for that, so that the row it makes is refused: no such file.
        let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
          pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
        }
        if name.hasPrefix(".") { continue }
        let path = prefix + name
        if isFolder(entry.pointee, "\(folder)/\(path)") {
          folders.append(path + "/")
        } else {
          names.append(path)
        }
      }
      if errno != 0 { throw unreadable(path) }
    }
    return names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }

  private static func unreadable(_ folder: String) -> ManifestError {
    if let machine = MachineError(path: folder, code: errno) {
      return ManifestError(path: folder, machine: machine)
    }
    return ManifestError(
      path: folder, problem: "the folder cannot be listed: \(systemWords(errno))",
      remedy: "check its permissions, or move it elsewhere")
  }

  private static func isFolder(_ entry: dirent, _ path: String) -> Bool {
    if entry.d_type != UInt8(DT_UNKNOWN) { return entry.d_type == UInt8(DT_DIR) }
    var status = stat()
    return lstat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
  }
}
