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
  /// Pictures among videos that have no caption, which were not meant as clips.
  var picturesWithoutCaption = 0
  /// Pictures that are left out because they are not wanted.
  var picturesNotWanted = 0
  let takesPictures: Bool
  /// Whether a clip without a caption is a problem.
  let needsCaptions: Bool
  private let split: String?
  private var names = ExactNames()
  private var rows = ManifestRows()
  private var splits: Set<String> = []
  private var seen = 0
  /// The machine's trouble that ended the reading; what was read until then does not count.
  private(set) var trouble: MachineError?
  private var problems: [ManifestError.Problem] = []
  private var problemCount = 0

  init(
    path: String, layout: LayoutFinding, root: ClipRoot, split: String?, takesPictures: Bool,
    needsCaptions: Bool, textBytes: Int
  ) {
    self.path = path
    self.layout = layout
    self.root = root
    self.split = split.map { ClipNames.split($0.onOneLine) ?? $0 }
    self.takesPictures = takesPictures
    self.needsCaptions = needsCaptions
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
    guard trouble == nil else { return }
    seen += 1
    var row = row
    row.split = row.split.map { ClipNames.split($0.onOneLine) ?? $0 }
    if let name = row.split { splits.insert(name) }
    if let split, let own = row.split, own != split { return }
    guard let name = row.path, !name.isEmpty else { return report("the path is empty", line: line) }
    // Where only a class is given, its words say what the clip shows.
    guard
      let caption = row.caption ?? row.label.map({ ClipNames.caption(ofClass: $0) })
        ?? (needsCaptions ? nil : "")
    else {
      return report("the caption is missing", line: line)
    }
    if !takesPictures, ClipNames.Kind(name) == .picture {
      picturesNotWanted += 1
      return
    }
    if let start = row.start, !(start >= 0 && start.isFinite) {
      return report("start is \(start), not a time of 0 seconds or later", line: line)
    }
    if let end = row.end, !(end > row.start ?? 0 && end.isFinite) {
      return report("end \(end) is not after start \(row.start ?? 0)", line: line)
    }
    // The archive of a member was checked when it was opened.
    if row.member == nil, let problem = problem(with: name) { return report(problem, line: line) }
    if let other = names.lookAlike(of: name) { return reportSameName(other, name, line: line) }
    row.caption = caption.onOneLine
    rows.append(row)
  }

  /// Notes two files whose names are one text to all that compares texts, so that one would be taken for the other.
  mutating func reportSameName(_ one: String, _ other: String, line: Int? = nil) {
    let bytes = [one, other].map { name in
      name.utf8.map { $0 < 0x80 ? String(UnicodeScalar($0)) : String(format: "\\x%02x", $0) }.joined()
    }
    report(
      "two names differ only in how their letters are composed in Unicode, \(bytes[0]) and \(bytes[1]); "
        + "rename one of the files", line: line)
  }

  /// The first of some names that is there: some lists leave the ending or the folder of a clip to the
  /// reader.
  func firstPresent(_ names: [String]) -> String? {
    names.first { root.escape(of: $0) == nil && access(root.path($0), F_OK) == 0 }
  }

  /// Ends the reading: the machine does not let the manifest be read.
  mutating func end(_ machine: MachineError) { trouble = trouble ?? machine }

  /// The bytes of another file of the manifest's folder; nil, which is noted, when it cannot be read.
  mutating func bytes(of name: String, beside source: ManifestSource) -> Data? {
    do throws(MachineError) {
      let bytes = try source.bytesBeside(name)
      if bytes == nil { report("\(name) cannot be read") }
      return bytes
    } catch {
      end(error)
      return nil
    }
  }

  /// Does some reading for the manifest; nil when it fails, with the reason noted.
  /// - Parameter what: what is read, as in "dog.txt cannot be used".
  mutating func reading<Result>(
    _ what: String, _ body: () throws(VideoError) -> Result
  ) -> Result? {
    guard trouble == nil else { return nil }
    do {
      return try readingPatiently(body)
    } catch let error as MachineError {
      trouble = error
    } catch {
      report("\(what): \((error as? VideoError)?.reason ?? "\(error)")")
    }
    return nil
  }

  private mutating func problem(with name: String) -> String? {
    if let escape = root.escape(of: name) { return escape }
    let path = root.path(name)
    var (status, reason) = (stat(), Int32(0))
    do {
      try patiently {
        reason = stat(path, &status) == 0 ? 0 : errno
        if let error = MachineError(path: path, code: reason) { throw error }
      }
    } catch {
      trouble = error as? MachineError
      return nil
    }
    guard reason == 0 else {
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
    if let trouble { throw ManifestError(path: path, layout: layout, machine: trouble) }
    if problemCount > 0 {
      throw ManifestError(
        path: path, layout: layout, problems: problems, count: problemCount,
        remedy: problemCount == 1
          ? "mend it (paths are relative to \(root.folder))"
          : "Mend these (paths are relative to \(root.folder)) and run again.")
    }
    if rows.count == 0, picturesNotWanted > 0 {
      throw ManifestError(
        path: path, layout: layout,
        problem: (split.map { "of split \"\($0)\" it lists" } ?? "it lists")
          + " no videos, only pictures (\(picturesNotWanted)), which are clips of one frame",
        remedy: "set data.frames to 1, or name videos")
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
    return Manifest(path: path, layout: layout, rows: rows, root: root, notes: notes)
  }

  /// What was left out, in sentences.
  private var notes: [String] {
    var notes: [String] = []
    if picturesNotWanted > 0 {
      notes.append(
        "\(pictures(picturesNotWanted)) left out: a picture is a clip of one frame, and data.frames is more")
    }
    if picturesWithoutCaption > 0 {
      notes.append(
        "\(pictures(picturesWithoutCaption)) left out, without a caption among videos")
    }
    return notes
  }

  private func pictures(_ count: Int) -> String { count == 1 ? "1 picture is" : "\(count) pictures are" }
}
