/// The records of a CSV text after RFC 4180: fields in quotes may hold commas, line ends and doubled quotes;
/// lines may end in LF or CRLF; a byte order mark is skipped. Blank lines are no records.
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
    position = bytes.textStart
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
    let (first, start) = (line, position)
    var fields: [String] = []
    while true {
      switch field(end: min(bytes.count, start + TextLines.limit)) {
      case .unfit(let problem):
        skipLine()
        return .malformed(problem, line: first)
      case .text(let text): fields.append(text)
      }
      guard position < bytes.count, bytes[position] == Self.comma else { break }
      position += 1
      if position > start + TextLines.limit {
        skipLine()
        return .malformed(TextLines.tooLong, line: first)
      }
    }
    return .fields(fields, line: first)
  }

  private func isLineEnd(_ index: Int) -> Bool {
    bytes[index] == Self.newline
      || bytes[index] == Self.carriageReturn && (index + 1 == bytes.count || bytes[index + 1] == Self.newline)
  }

  /// Reads a field that ends before `end`; the position is then at a comma, a line end, or the end.
  private mutating func field(end: Int) -> TextLines.Content {
    if position < bytes.count, bytes[position] == Self.quote { return quotedField(end: end) }
    let start = position
    while position < bytes.count, bytes[position] != Self.comma, !isLineEnd(position) {
      if bytes[position] == Self.quote { return .unfit("a quote stands inside a field that is not quoted") }
      position += 1
      if position > end { return .unfit(TextLines.tooLong) }
    }
    return TextLines.content(UnsafeRawBufferPointer(rebasing: bytes[start..<position]))
  }

  private mutating func quotedField(end: Int) -> TextLines.Content {
    position += 1
    var field: [UInt8] = []
    while position < bytes.count {
      if position > end { return .unfit("\(TextLines.tooLong); perhaps a quoted field is never closed") }
      let byte = bytes[position]
      position += 1
      if byte != Self.quote {
        if byte == Self.newline { line += 1 }
        field.append(byte)
      } else if position < bytes.count, bytes[position] == Self.quote {
        field.append(byte)
        position += 1
      } else if position == bytes.count || bytes[position] == Self.comma || isLineEnd(position) {
        return field.withUnsafeBytes { TextLines.content($0) }
      } else {
        return .unfit("text follows a closing quote")
      }
    }
    return .unfit("a quoted field is never closed")
  }

  private mutating func skipLine() {
    while position < bytes.count, bytes[position] != Self.newline { position += 1 }
  }
}
