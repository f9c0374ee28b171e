/// What the keys of rows are called, and where their paths begin.
struct RowKeys {
  /// The path's names; the first that a row has counts, and the others are attributes.
  let paths: [String]
  /// The caption's names; likewise.
  let captions: [String]
  /// What stands before every path, as in "train/".
  var prefix = ""
  /// Whether the first folder of a path tells the split of a row that names none.
  var splitsByFolder = false

  /// What captions are called in the manifests of this and other trainers.
  static let captionNames = ["caption", "text", "prompt"]

  /// Our own manifests, and those of others that list paths and captions.
  static let manifest = RowKeys(
    paths: ["path", "file_name", "video", "video_path", "media_path", "image", "image_path"],
    captions: captionNames)

  /// A row with its path as seen from the manifest's folder.
  func placed(_ row: ManifestRow) -> ManifestRow {
    guard splitsByFolder, let path = row.path, !path.isEmpty else { return row }
    var row = row
    row.path = path.hasPrefix("/") ? path : prefix + path
    row.split = row.split ?? SplitFolders.topSplit(of: prefix + path)
    return row
  }
}
