import Foundation

/// One JSON object a line with `path` and `caption` (or what other trainers call them, `RowKeys.manifest`), and if one likes `label`, `start`, `end`, `split` and
/// `attributes`; other texts become attributes, too.
extension ManifestDraft {
  /// Reads one JSON object a line; blank lines are skipped.
  mutating func readJSONLines(_ source: ManifestSource) {
    source.bytes.withUnsafeBytes { readJSONLines($0, keys: .manifest) }
  }

  /// Reads one JSON object a line, whose keys have the names of `keys`.
  mutating func readJSONLines(_ bytes: UnsafeRawBufferPointer, keys: RowKeys) {
    var lines = TextLines(bytes)
    while let (line, range) = lines.nextBytes() {
      if range.count > TextLines.limit {
        report(TextLines.tooLong, line: line)
        continue
      }
      var scanner = JSONScanner(bytes, in: range)
      scanner.skipSpace()
      if scanner.next == nil { continue }
      do throws(JSONProblem) {
        let row = try scanner.row(keys)
        try scanner.finish()
        add(keys.placed(row), line: line)
      } catch {
        report(error.text, line: line)
      }
    }
  }
}

extension JSONScanner {
  /// Reads the object that comes next as a row.
  mutating func row(_ keys: RowKeys) throws(JSONProblem) -> ManifestRow {
    guard isAtObject else { throw JSONProblem(text: "it is not a JSON object") }
    var row = ManifestRow()
    var (path, caption) = (NamedText(names: keys.paths), NamedText(names: keys.captions))
    var members = try openObject()
    while let key = try key(&members) {
      switch key {
      case keys.paths.first: path.take(try text(of: key), key, &row)
      case keys.captions.first: caption.take(try text(of: key), key, &row)
      case _ where isAtString && keys.paths.contains(key): path.take(try string(), key, &row)
      case _ where isAtString && keys.captions.contains(key): caption.take(try string(), key, &row)
      case "label": row.label = try label(of: key)
      case "start": row.start = try seconds(of: key)
      case "end": row.end = try seconds(of: key)
      case "split": row.split = try text(of: key)
      case "attributes": row.attributes.merge(try texts(of: key)) { $1 }
      default: if isAtString { row.attributes[key] = try string() } else { try skipValue() }
      }
    }
    (row.path, row.caption) = (path.text, caption.text)
    return row
  }
}

/// A text that has several names, of which the first that a row has counts; the others are attributes.
private struct NamedText {
  let names: [String]
  private(set) var text: String?
  private var rank: Int?

  init(names: [String]) { self.names = names }

  mutating func take(_ new: String?, _ name: String, _ row: inout ManifestRow) {
    guard let new, let place = names.firstIndex(of: name) else { return }
    guard let known = rank, let text else {
      (text, rank) = (new, place)
      return
    }
    if place < known {
      row.attributes[names[known]] = text
      (self.text, rank) = (new, place)
    } else {
      row.attributes[name] = new
    }
  }
}
