/// The JSON of Something-Something v2: a list of objects with `id`, `label` (a sentence) and `template`. The
/// clip is `{id}.webm` or `{id}.mp4` in the root. The caption is the sentence, the label the template without
/// its brackets, as the data set's own list of classes has it.
extension ManifestDraft {
  /// Reads the JSON of Something-Something.
  mutating func readSomethingSomething(_ source: ManifestSource) {
    forEachElement(of: source, "id and label") { (draft, scanner, line) throws(JSONProblem) in
      try draft.addSomething(&scanner, line: line)
    }
  }

  private mutating func addSomething(_ scanner: inout JSONScanner, line: Int) throws(JSONProblem) {
    let start = scanner.index
    var (id, caption, template): (String?, String?, String?)
    var members = try scanner.openObject()
    while let key = try scanner.key(&members) {
      switch key {
      case "id": id = try scanner.label(of: key)
      case "label": caption = try scanner.text(of: key)
      case "template": template = try scanner.text(of: key)
      default: try scanner.skipValue()
      }
    }
    if scanner.index - start > TextLines.limit { return report(TextLines.tooLong, line: line) }
    guard let id, !id.isEmpty else { return report("the id is missing", line: line) }
    let name = firstPresent(["\(id).webm", "\(id).mp4"]) ?? "\(id).webm"
    add(
      ManifestRow(path: name, caption: caption, label: template.map { $0.filter { $0 != "[" && $0 != "]" } }),
      line: line)
  }
}
