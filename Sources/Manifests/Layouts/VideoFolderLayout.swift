import Foundation

/// The metadata files of Hugging Face's VideoFolder.
enum VideoFolderNames {
  /// Whether a path is that of a metadata file: in the folder itself, or in that of a split.
  static func isMetadata(_ name: String) -> Bool {
    let parts = name.split(separator: "/")
    guard let last = parts.last, last == "metadata.csv" || last == "metadata.jsonl" else { return false }
    return parts.count == 1 || parts.count == 2 && ClipNames.split(parts[0]) != nil
  }
}

/// Hugging Face's VideoFolder: `metadata.csv` or `metadata.jsonl` with `file_name` and a caption under
/// `caption`, `text` or `prompt`, in the folder or in folders of splits in it.
extension ManifestDraft {
  /// Reads a VideoFolder.
  mutating func readVideoFolder(_ source: ManifestSource) {
    let files = source.names.filter(VideoFolderNames.isMetadata)
    for file in files {
      self.file = files.count > 1 ? file : nil
      guard let bytes = bytes(of: file, beside: source) else { continue }
      let keys = RowKeys(
        paths: ["file_name"], captions: RowKeys.captionNames,
        prefix: String(file.dropLast(file.hasSuffix(".csv") ? 12 : 14)), splitsByFolder: true)
      bytes.withUnsafeBytes { bytes in
        if file.hasSuffix(".csv") { readCSV(bytes, keys: keys) } else { readJSONLines(bytes, keys: keys) }
      }
    }
    file = nil
  }
}
