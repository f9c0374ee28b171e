import Foundation
import Video

/// One row as a parser found it, before it is checked.
struct ManifestRow {
  var path: String?
  var caption: String?
  var label: String?
  var start: Double?
  var end: Double?
  var split: String?
  var attributes: [String: String] = [:]
}

/// A manifest while it is being read: the good entries so far, and what is wrong so far.
struct ManifestDraft {
  let path: String
  let folder: String
  private let split: String?
  private var entries: [ClipEntry] = []
  private var splits: Set<String> = []
  private var rows = 0
  private var problems: [ManifestError.Problem] = []
  private var problemCount = 0

  init(path: String, folder: String, split: String?) {
    self.path = path
    self.folder = folder
    self.split = split
  }

  /// Notes a problem.
  mutating func report(_ text: String, line: Int? = nil) {
    problemCount += 1
    if problems.count < ManifestError.shown { problems.append(ManifestError.Problem(line: line, text: text)) }
  }

  /// Checks a row and keeps it when it is good and of the wanted split.
  mutating func add(_ row: ManifestRow, line: Int?) {
    rows += 1
    if let name = row.split { splits.insert(name) }
    if let split, let own = row.split, own != split { return }
    guard let name = row.path, !name.isEmpty else { return report("the path is empty", line: line) }
    guard let caption = row.caption else { return report("the caption is missing", line: line) }
    if let start = row.start, !(start >= 0 && start.isFinite) {
      return report("start is \(start), not a time of 0 seconds or later", line: line)
    }
    if let end = row.end, !(end > row.start ?? 0 && end.isFinite) {
      return report("end \(end) is not after start \(row.start ?? 0)", line: line)
    }
    let resolved = name.hasPrefix("/") ? name : "\(folder)/\(name)"
    guard access(resolved, F_OK) == 0 else { return report("there is no file \(name)", line: line) }
    entries.append(
      ClipEntry(
        index: entries.count, file: ClipFile(path: resolved, root: nil), name: name, caption: caption,
        label: row.label,
        start: row.start,
        end: row.end, split: row.split, attributes: row.attributes))
  }

  /// The manifest, if nothing was wrong.
  func finished() throws(ManifestError) -> Manifest {
    if problemCount > 0 {
      throw ManifestError(
        path: path, problems: problems, count: problemCount,
        remedy: problemCount == 1
          ? "mend it (paths are relative to \(folder))"
          : "Mend these (paths are relative to \(folder)) and run again.")
    }
    if entries.isEmpty, rows > 0, let split {
      let known = splits.sorted().joined(separator: ", ")
      throw ManifestError(
        path: path, problem: "no clip is of split \"\(split)\"; the manifest has only \(known)",
        remedy: "mend its split column, or leave the column out")
    }
    if entries.isEmpty {
      throw ManifestError(
        path: path, problem: "it lists no clips", remedy: "add a line with path and caption for each clip")
    }
    return Manifest(path: path, entries: entries)
  }
}
