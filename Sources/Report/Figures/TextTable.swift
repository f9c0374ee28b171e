/// A table of plain text with aligned columns: words to the left, numbers to the right.
public struct TextTable: Sendable, CustomStringConvertible {
  /// The columns' names.
  public let columns: [String]
  /// The cells, one a column in each row.
  public let rows: [[String]]

  /// A table of finished cells.
  public init(columns: [String], rows: [[String]]) {
    precondition(rows.allSatisfy { $0.count == columns.count }, "a row of a table has one cell a column")
    self.columns = columns
    self.rows = rows
  }

  /// A line of names, a rule, a line a row; no blanks at the ends of lines, no line end after the last.
  public var description: String {
    let widths = columns.indices.map { column in
      rows.map { $0[column].count }.reduce(columns[column].count, max)
    }
    let rightward = columns.indices.map(isNumeric)
    func line(_ cells: [String]) -> String {
      let padded = cells.enumerated().map { column, cell in
        let blanks = String(repeating: " ", count: widths[column] - cell.count)
        return rightward[column] ? blanks + cell : cell + blanks
      }
      let joined = padded.joined(separator: "  ")
      return String(
        joined[..<(joined.lastIndex { $0 != " " }.map(joined.index(after:)) ?? joined.startIndex)])
    }
    let rule = widths.map { String(repeating: "─", count: $0) }.joined(separator: "  ")
    return ([line(columns), rule] + rows.map(line)).joined(separator: "\n")
  }

  /// The same as a table of Markdown.
  public var markdown: String {
    func line(_ cells: [String]) -> String { "| " + cells.joined(separator: " | ") + " |" }
    let rules = columns.indices.map { isNumeric($0) ? "---:" : "---" }
    return ([columns, rules] + rows).map(line).joined(separator: "\n")
  }

  /// A column is one of numbers when each cell begins like one or is a dash or empty, and some cell is a number.
  func isNumeric(_ column: Int) -> Bool {
    let cells = rows.map { $0[column] }.filter { !["", "-", "–", "—"].contains($0) }
    return !cells.isEmpty
      && cells.allSatisfy { cell in
        let digits = cell.drop { "+-−.".contains($0) }
        return digits.first?.isNumber == true || ["nan", "inf"].contains(digits.lowercased())
      }
  }
}
