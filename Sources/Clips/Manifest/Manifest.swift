import Foundation

/// The list of clips that a run reads, checked as a whole before anything runs.
///
/// Three forms are read:
/// - CSV (RFC 4180) with a header that names `path` and `caption`, and optionally `label`, `start`, `end` and `split`;
///   other columns become attributes;
/// - JSON Lines: one object a line with the same keys, and optionally `attributes`, an object of strings;
/// - a folder of clips, each with its caption in a text file beside it (`cat.mp4`, `cat.txt`).
///
/// A manifest is the collection of its clips, in its order, and is never empty.
public struct Manifest: RandomAccessCollection, Sendable {
  /// The file or folder that was read.
  public let path: String
  private let entries: [ClipEntry]

  /// A manifest of given entries.
  /// - Parameter entries: at least one, each with its place as `index`.
  public init(path: String, entries: [ClipEntry]) {
    precondition(!entries.isEmpty, "a manifest needs at least one clip")
    precondition(entries.indices.allSatisfy { entries[$0].index == $0 }, "an entry's index must be its place")
    self.path = path
    self.entries = entries
  }

  /// 0.
  public var startIndex: Int { 0 }
  /// The number of clips.
  public var endIndex: Int { entries.count }
  /// The clip at a place.
  public subscript(index: Int) -> ClipEntry { entries[index] }

  /// Reads a manifest and checks that every file it names exists.
  ///
  /// - Parameters:
  ///   - path: a `.csv` or `.jsonl` file, or a folder of clips with captions beside them.
  ///   - split: leave out the entries of other splits; nil keeps all. An entry that names no split belongs to each.
  /// - Throws: `ManifestError` with all problems at once.
  public static func load(_ path: String, split: String? = nil) throws(ManifestError) -> Manifest {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
      throw ManifestError(
        path: path, problem: "there is no such file or folder",
        remedy: "name a .csv or .jsonl file, or a folder of clips with .txt captions beside them")
    }
    let file = URL(fileURLWithPath: path)
    let folder = isFolder.boolValue ? file : file.deletingLastPathComponent()
    var draft = ManifestDraft(path: path, folder: folder.standardizedFileURL.path, split: split)
    if isFolder.boolValue {
      draft.readFolder()
    } else {
      let parse: (inout ManifestDraft, UnsafeRawBufferPointer) -> Void
      switch file.pathExtension.lowercased() {
      case "csv": parse = { $0.readCSV($1) }
      case "jsonl", "ndjson": parse = { $0.readJSONLines($1) }
      default:
        throw ManifestError(
          path: path, problem: "its name does not say what it holds",
          remedy: "give CSV the ending .csv and JSON Lines the ending .jsonl")
      }
      // Mapped, not copied: the pages of a file of millions of lines come and go as the parser walks over them.
      guard let bytes = try? Data(contentsOf: file, options: .alwaysMapped) else {
        throw ManifestError(path: path, problem: "it cannot be read", remedy: "check its permissions")
      }
      bytes.withUnsafeBytes { parse(&draft, $0) }
    }
    return try draft.finished()
  }
}
