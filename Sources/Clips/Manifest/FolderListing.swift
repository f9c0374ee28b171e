import Foundation

/// The files of a folder and of all folders in it.
enum FolderListing {
  /// Paths relative to the folder, in the order of their bytes. Hidden files and folders are left out, and
  /// links to folders are not followed. What cannot be listed counts as empty.
  static func files(in folder: String) -> [String] {
    var names: [String] = []
    var folders = [""]
    while let prefix = folders.popLast() {
      guard let stream = opendir(prefix.isEmpty ? folder : "\(folder)/\(prefix)") else { continue }
      defer { closedir(stream) }
      while let entry = readdir(stream) {
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
    }
    return names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }

  private static func isFolder(_ entry: dirent, _ path: String) -> Bool {
    if entry.d_type != UInt8(DT_UNKNOWN) { return entry.d_type == UInt8(DT_DIR) }
    var status = stat()
    return lstat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
  }
}
