import Foundation

/// The text of a recipe with the name to show for it, and where its lines begin.
package struct SourceText {
  /// The path as the user wrote it.
  package let name: String
  /// The text in UTF-8, without byte order mark.
  package let bytes: [UInt8]
  private let lineStarts: [Int]

  package init(name: String, bytes: some Sequence<UInt8>) {
    var bytes = Array(bytes)
    // Some editors on Windows put a mark of three bytes in front; it is no part of the text.
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { bytes.removeFirst(3) }
    self.name = name
    self.bytes = bytes
    lineStarts = [0] + bytes.indices.filter { bytes[$0] == UInt8(ascii: "\n") }.map { $0 + 1 }
  }

  /// Reads the file at a path, at most one byte more than a recipe may have.
  package init(path: String) throws {
    do {
      // A pipe that nobody writes to would be waited for without end.
      let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
      let file = FileHandle(fileDescriptor: descriptor, closeOnDealloc: false)
      defer { if descriptor >= 0 { close(descriptor) } }
      var status = stat()
      guard descriptor >= 0, fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
        throw POSIXError(.EIO)
      }
      self.init(name: path, bytes: try file.read(upToCount: JSONParser.sizeLimit + 1) ?? Data())
    } catch {
      var isFolder: ObjCBool = false
      let reason =
        !FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
        ? "there is no such file"
        : isFolder.boolValue
          ? "this is a folder"
          : access(path, R_OK) == 0
            ? "this is not a regular file" : "the file cannot be read, are its permissions right?"
      throw RecipeErrors(problems: [
        RecipeErrors.Problem(
          source: path, key: "",
          message: "\(reason); give the path of a recipe, for example Recipes/quickstart.json")
      ])
    }
  }

  /// The line and column of a byte, both counted from 1; columns count characters (Unicode scalars).
  package func position(of offset: Int) -> (line: Int, column: Int) {
    var low = 0
    var high = lineStarts.count
    while high - low > 1 {
      let middle = (low + high) / 2
      if lineStarts[middle] <= offset { low = middle } else { high = middle }
    }
    // Bytes 10xxxxxx continue a character.
    let column = bytes[lineStarts[low]..<min(offset, bytes.count)].count { $0 & 0xC0 != 0x80 } + 1
    return (low + 1, column)
  }
}
