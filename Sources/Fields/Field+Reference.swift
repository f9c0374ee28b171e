extension Field {
  /// A heading and a table of the values in this object as Markdown, then the objects in it, each in the same way.
  package func reference(path: String = "", heading: String? = nil) -> String {
    guard case .object(let fields) = kind else { return "" }
    var text = heading ?? (path.isEmpty ? "" : "\n## \(path)\n\n\(meaning)\n")
    var inner = ""
    var rows = ""
    for field in fields {
      let fieldPath = path.appending(key: field.key)
      if case .object = field.kind {
        inner += field.reference(path: fieldPath)
      } else {
        if case .list(of: .object(let parts), _) = field.kind {
          inner += Field(
            key: "", kind: .object(parts), presence: .required, meaning: "One object of the list."
          ).reference(path: "\(fieldPath)[i]")
        }
        rows += "| `\(fieldPath)` | \(field.kind.text) | \(field.standardInWords) | \(field.meaning) |\n"
      }
    }
    if !rows.isEmpty { text += "\n| key | value | default | meaning |\n|---|---|---|---|\n" + rows }
    return text + inner
  }

  private var standardInWords: String {
    switch presence {
    case .required: "**required**"
    case .optional: "none"
    case .standard(let json): "`\(json.oneLine)`"
    case .derived(_, let source): source
    }
  }
}

extension JSON {
  /// The value on one line.
  package var oneLine: String {
    guard case .list(let elements) = value else { return text }
    return "[" + elements.map(\.oneLine).joined(separator: ", ") + "]"
  }
}
