/// One row as a reader found it, before it is checked.
struct ManifestRow {
  /// A piece of an archive.
  struct Member {
    /// The archive, as its path begins in `path`.
    var archive: String
    /// Where in the archive the clip lies.
    var bytes: Range<Int>
  }

  var path: String?
  var caption: String?
  var label: String?
  var start: Double?
  var end: Double?
  var split: String?
  var attributes: [String: String] = [:]
  /// Where the clip lies, when it is a member of an archive: `path` is then the archive's path, `/`, and its
  /// name.
  var member: Member?
}
