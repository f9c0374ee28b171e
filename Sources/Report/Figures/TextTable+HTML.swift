extension TextTable {
  /// The same as a table of a page: words to the left, numbers to the right.
  var html: String {
    func row(_ cells: [String], _ tag: String) -> String {
      let cells = cells.enumerated().map { column, cell in
        "<\(tag)\(isNumeric(column) ? " class=\"number\"" : "")>\(HTML.escaped(cell))</\(tag)>"
      }
      return "<tr>\(cells.joined())</tr>"
    }
    return """
      <div class="wide"><table class="figures">
      <thead>\(row(columns, "th"))</thead>
      <tbody>
      \(rows.map { row($0, "td") }.joined(separator: "\n"))
      </tbody>
      </table></div>
      """
  }
}
