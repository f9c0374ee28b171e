import Foundation

/// CSV with a header that names `path` and `caption` or `label` (or what other trainers call them, `RowKeys.manifest`), and if one likes `start`, `end` and `split`;
/// other columns become attributes.
extension ManifestDraft {
  /// Reads CSV with a header.
  mutating func readCSV(_ source: ManifestSource) {
    source.bytes.withUnsafeBytes { readCSV($0, keys: .manifest) }
  }

  /// Reads CSV whose columns have the names of `keys`.
  mutating func readCSV(_ bytes: UnsafeRawBufferPointer, keys: RowKeys) {
    let words = keys.captions + ["label"]
    forEachRecord(of: bytes, requiring: needsCaptions ? [keys.paths, words] : [keys.paths]) { draft, record in
      if let row = draft.row(of: record, keys) { draft.add(row, line: record.line) }
    }
  }

  /// A record of a CSV text with the names of its columns.
  struct NamedRecord {
    let columns: [String]
    let fields: [String]
    let line: Int

    /// The field of a column; nil when there is no such column.
    subscript(column: String) -> String? { columns.firstIndex(of: column).map { fields[$0] } }
  }

  /// Takes each record that fits the header.
  /// - Parameter required: columns that the header must name, each by one of some names.
  mutating func forEachRecord(
    of bytes: UnsafeRawBufferPointer, requiring required: [[String]],
    _ take: (inout ManifestDraft, NamedRecord) -> Void
  ) {
    var records = CSVRecords(bytes)
    guard let header = records.next() else { return }
    guard case .fields(let columns, let line) = header else {
      if case .malformed(let problem, let line) = header { report(problem, line: line) }
      return
    }
    let missing = required.filter { names in !names.contains { columns.contains($0) } }
    for names in missing {
      report(
        "the header has no column \(names.joined(separator: " or ")), only \(columns.joined(separator: ", "))",
        line: line)
    }
    var seen: Set<String> = []
    for column in columns where !seen.insert(column).inserted {
      report("the header names the column \(column) twice", line: line)
    }
    guard missing.isEmpty else { return }
    while let record = records.next() {
      switch record {
      case .malformed(let problem, let line): report(problem, line: line)
      case .fields(let fields, let line) where fields.count != columns.count:
        report(
          "\(fields.count) fields where the header has \(columns.count) (a text with commas needs quotes)",
          line: line)
      case .fields(let fields, let line):
        take(&self, NamedRecord(columns: columns, fields: fields, line: line))
      }
    }
  }

  private mutating func row(of record: NamedRecord, _ keys: RowKeys) -> ManifestRow? {
    var row = ManifestRow()
    let path = keys.paths.first { record.columns.contains($0) }
    let caption = keys.captions.first { record.columns.contains($0) }
    for (column, field) in zip(record.columns, record.fields) {
      switch column {
      case path: row.path = field
      case caption: row.caption = field
      case _ where field.isEmpty: continue
      case "label": row.label = field
      case "split": row.split = field
      case "start", "end":
        guard let seconds = Double(field) else {
          report("\(column) is \"\(field)\", not a number of seconds", line: record.line)
          return nil
        }
        if column == "start" { row.start = seconds } else { row.end = seconds }
      default: row.attributes[column] = field
      }
    }
    return keys.placed(row)
  }
}
