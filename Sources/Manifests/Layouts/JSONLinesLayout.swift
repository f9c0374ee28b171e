import Foundation

/// One JSON object a line with `path` and `caption`, and if one likes `label`, `start`, `end`, `split` and
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
    var captionRank = keys.captions.count
    var members = try openObject()
    while let key = try key(&members) {
      if let rank = keys.captions.firstIndex(of: key) {
        let text = try text(of: key)
        if rank < captionRank, let text { (row.caption, captionRank) = (text, rank) }
        continue
      }
      switch key {
      case keys.path: row.path = try text(of: key)
      case "label": row.label = try label(of: key)
      case "start": row.start = try seconds(of: key)
      case "end": row.end = try seconds(of: key)
      case "split": row.split = try text(of: key)
      case "attributes": row.attributes.merge(try texts(of: key)) { $1 }
      default: if isAtString { row.attributes[key] = try string() } else { try skipValue() }
      }
    }
    return row
  }
}
