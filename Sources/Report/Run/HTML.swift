/// Text made safe for a page, and tables of it.
enum HTML {
  /// The text with the characters that mean something to HTML replaced, for content and quoted attributes alike; control
  /// characters, which a page must not hold, become the replacement character.
  static func escaped(_ text: some StringProtocol) -> String {
    var safe = ""
    safe.reserveCapacity(text.utf8.count)
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": safe += "&amp;"
      case "<": safe += "&lt;"
      case ">": safe += "&gt;"
      case "\"": safe += "&quot;"
      case "'": safe += "&#39;"
      case "\n", "\t": safe.unicodeScalars.append(scalar)
      case "\u{0}"..<"\u{20}", "\u{7F}": safe += "\u{FFFD}"
      default: safe.unicodeScalars.append(scalar)
      }
    }
    return safe
  }

  /// A table whose first column is of words and whose others are of numbers.
  static func table(_ table: TextTable) -> String {
    func row(_ cells: [String], _ tag: String) -> String {
      "<tr>"
        + cells.enumerated().map { column, cell in
          "<\(tag)\(column == 0 ? "" : " class=\"number\"")>\(escaped(cell))</\(tag)>"
        }.joined() + "</tr>"
    }
    return """
      <div class="wide"><table>
      <thead>\(row(table.columns, "th"))</thead>
      <tbody>
      \(table.rows.map { row($0, "td") }.joined(separator: "\n"))
      </tbody>
      </table></div>
      """
  }
}
