/// What the keys of rows are called, and where their paths begin.
struct RowKeys {
  let path: String
  /// The caption's names; the first that a row has counts.
  let captions: [String]
  /// What stands before every path, as in "train/".
  var prefix = ""
  /// Whether the first folder of a path tells the split of a row that names none.
  var splitsByFolder = false

  /// Our own manifests.
  static let manifest = RowKeys(path: "path", captions: ["caption"])

  /// A row with its path as seen from the manifest's folder.
  func placed(_ row: ManifestRow) -> ManifestRow {
    guard splitsByFolder, let path = row.path, !path.isEmpty else { return row }
    var row = row
    row.path = path.hasPrefix("/") ? path : prefix + path
    row.split = row.split ?? SplitFolders.topSplit(of: prefix + path)
    return row
  }
}
