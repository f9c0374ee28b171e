/// The records of a CSV text after RFC 4180: fields in quotes may hold commas, line ends and doubled quotes; lines may
/// end in LF or CRLF; a byte order mark is skipped. Blank lines are no records.
struct CSVRecords {
  /// One record, or what is wrong with it.
  enum Record: Equatable {
    case fields([String], line: Int)
    case malformed(String, line: Int)
  }

  private let bytes: UnsafeRawBufferPointer
  private var position: Int
  private var line = 1

  init(_ bytes: UnsafeRawBufferPointer) {
    self.bytes = bytes
    position = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
  }

  private static let quote = UInt8(ascii: "\""), comma = UInt8(ascii: ",")
  private static let newline = UInt8(ascii: "\n"), carriageReturn = UInt8(ascii: "\r")

  /// The next record; nil at the end.
  mutating func next() -> Record? {
    while position < bytes.count, isLineEnd(position) {
      if bytes[position] == Self.newline { line += 1 }
      position += 1
    }
    guard position < bytes.count else { return nil }
    let first = line
    var fields: [String] = []
    while true {
      let (raw, problem) = field()
      guard problem == nil, let text = String(validating: raw, as: UTF8.self) else {
        skipLine()
        return .malformed(problem ?? "it is not UTF-8 text", line: first)
      }
      fields.append(text)
      guard position < bytes.count, bytes[position] == Self.comma else { break }
      position += 1
    }
    return .fields(fields, line: first)
  }

  private func isLineEnd(_ index: Int) -> Bool {
    bytes[index] == Self.newline
      || bytes[index] == Self.carriageReturn && (index + 1 == bytes.count || bytes[index + 1] == Self.newline)
  }

  /// Reads a field; the position is then at a comma, a line end, or the end.
  private mutating func field() -> (bytes: [UInt8], problem: String?) {
    guard position < bytes.count, bytes[position] == Self.quote else {
      let start = position
      while position < bytes.count, bytes[position] != Self.comma, !isLineEnd(position) {
        if bytes[position] == Self.quote { return ([], "a quote stands inside a field that is not quoted") }
        position += 1
      }
      return ([UInt8](bytes[start..<position]), nil)
    }
    position += 1
    var field: [UInt8] = []
    while position < bytes.count {
      let byte = bytes[position]
      position += 1
      if byte != Self.quote {
        if byte == Self.newline { line += 1 }
        field.append(byte)
      } else if position < bytes.count, bytes[position] == Self.quote {
        field.append(byte)
        position += 1
      } else if position == bytes.count || bytes[position] == Self.comma || isLineEnd(position) {
        return (field, nil)
      } else {
        return ([], "text follows a closing quote")
      }
    }
    return ([], "a quoted field is never closed")
  }

  private mutating func skipLine() {
    while position < bytes.count, bytes[position] != Self.newline { position += 1 }
  }
}

extension ManifestDraft {
  /// Reads CSV with a header.
  mutating func readCSV(_ bytes: UnsafeRawBufferPointer) {
    var records = CSVRecords(bytes)
    guard let header = records.next() else { return }
    guard case .fields(let columns, let line) = header else {
      if case .malformed(let problem, let line) = header { report(problem, line: line) }
      return
    }
    for required in ["path", "caption"] where !columns.contains(required) {
      report("the header has no column \(required), only \(columns.joined(separator: ", "))", line: line)
    }
    for (index, column) in columns.enumerated() where columns[..<index].contains(column) {
      report("the header names the column \(column) twice", line: line)
    }
    guard columns.contains("path"), columns.contains("caption") else { return }
    while let record = records.next() {
      switch record {
      case .malformed(let problem, let line): report(problem, line: line)
      case .fields(let fields, let line) where fields.count != columns.count:
        report(
          "\(fields.count) fields where the header has \(columns.count) (a caption with commas needs quotes)",
          line: line)
      case .fields(let fields, let line):
        if let row = row(of: fields, columns, line: line) { add(row, line: line) }
      }
    }
  }

  private mutating func row(of fields: [String], _ columns: [String], line: Int) -> ManifestRow? {
    var row = ManifestRow()
    for (column, field) in zip(columns, fields) {
      switch column {
      case "path": row.path = field
      case "caption": row.caption = field
      case _ where field.isEmpty: continue
      case "label": row.label = field
      case "split": row.split = field
      case "start", "end":
        guard let seconds = Double(field) else {
          report("\(column) is \"\(field)\", not a number of seconds", line: line)
          return nil
        }
        if column == "start" { row.start = seconds } else { row.end = seconds }
      default: row.attributes[column] = field
      }
    }
    return row
  }
}
