import Files
import Foundation
import Video

/// A manifest while it is being read: the good rows so far, and what is wrong so far.
struct ManifestDraft {
  let path: String
  let layout: LayoutFinding
  /// Where the rows' paths begin.
  let root: ClipRoot
  /// The file that is being read, when the manifest has several; problems name it.
  var file: String?
  private let split: String?
  private var rows = ManifestRows()
  private var splits: Set<String> = []
  private var seen = 0
  private var problems: [ManifestError.Problem] = []
  private var problemCount = 0

  init(path: String, layout: LayoutFinding, root: ClipRoot, split: String?, textBytes: Int) {
    self.path = path
    self.layout = layout
    self.root = root
    self.split = split
    rows.reserve(textBytes: textBytes)
  }

  /// Notes a problem.
  mutating func report(_ text: String, line: Int? = nil) {
    problemCount += 1
    guard problems.count < ManifestError.kept else { return }
    problems.append(
      ManifestError.Problem(line: line, text: ((file.map { "\($0): " } ?? "") + text).printable))
  }

  /// Checks a row and keeps it when it is good and of the wanted split.
  mutating func add(_ row: ManifestRow, line: Int? = nil) {
    seen += 1
    if let name = row.split { splits.insert(name) }
    if let split, let own = row.split, own != split { return }
    guard let name = row.path, !name.isEmpty else { return report("the path is empty", line: line) }
    guard row.caption != nil else { return report("the caption is missing", line: line) }
    if let start = row.start, !(start >= 0 && start.isFinite) {
      return report("start is \(start), not a time of 0 seconds or later", line: line)
    }
    if let end = row.end, !(end > row.start ?? 0 && end.isFinite) {
      return report("end \(end) is not after start \(row.start ?? 0)", line: line)
    }
    // The archive of a member was checked when it was opened.
    if row.member == nil, let problem = problem(with: name) { return report(problem, line: line) }
    rows.append(row)
  }

  /// The first of some names that is there: some lists leave the ending or the folder of a clip to the
  /// reader.
  func firstPresent(_ names: [String]) -> String? {
    names.first { root.escape(of: $0) == nil && access(root.path($0), F_OK) == 0 }
  }

  private func problem(with name: String) -> String? {
    if let escape = root.escape(of: name) { return escape }
    var status = stat()
    guard stat(root.path(name), &status) == 0 else {
      let reason = errno
      return reason == ENOENT || reason == ENOTDIR
        ? "there is no file \(name)" : "\(name) cannot be used: \(systemWords(reason))"
    }
    switch status.st_mode & S_IFMT {
    case S_IFREG: return nil
    case S_IFDIR: return "\(name) is a folder, not a clip"
    default: return "\(name) is not a regular file"
    }
  }

  /// The manifest, if nothing was wrong.
  func finished() throws(ManifestError) -> Manifest {
    if problemCount > 0 {
      throw ManifestError(
        path: path, layout: layout, problems: problems, count: problemCount,
        remedy: problemCount == 1
          ? "mend it (paths are relative to \(root.folder))"
          : "Mend these (paths are relative to \(root.folder)) and run again.")
    }
    if rows.count == 0, seen > 0, let split {
      let known = splits.sorted().prefix(20).joined(separator: ", ") + (splits.count > 20 ? ", …" : "")
      throw ManifestError(
        path: path, layout: layout,
        problem: "no clip is of split \"\(split)\"; the manifest has only \(known.printable)",
        remedy: "mend its splits, or leave them out")
    }
    if rows.count == 0 {
      throw ManifestError(
        path: path, layout: layout, problem: "it lists no clips",
        remedy: "add a line with path and caption for each clip")
    }
    return Manifest(path: path, layout: layout, rows: rows, root: root)
  }
}
