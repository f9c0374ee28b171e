import Foundation

/// The JSON of Something-Something v2: a list of objects with `id`, `label` (a sentence) and `template`. The
/// clip is `{id}.webm` or `{id}.mp4` in the root. The caption is the sentence, the label the template without
/// its brackets, as the data set's own list of classes has it.
extension ManifestDraft {
  /// Reads the JSON of Something-Something.
  mutating func readSomethingSomething(_ source: ManifestSource) {
    source.bytes.withUnsafeBytes { bytes in
      var scanner = JSONScanner(bytes, in: bytes.textStart..<bytes.count)
      var line = LineCounter(bytes)
      scanner.skipSpace()
      do throws(JSONProblem) {
        guard scanner.isAtList else {
          throw JSONProblem(text: "it is not a list of objects with id and label")
        }
        try scanner.openList()
        var isFirst = true
        while try scanner.element(isFirst: isFirst) {
          isFirst = false
          let number = line.number(at: scanner.index)
          try addSomething(&scanner, line: number)
        }
        try scanner.finish()
      } catch {
        report(error.text, line: line.number(at: scanner.index))
      }
    }
  }

  private mutating func addSomething(_ scanner: inout JSONScanner, line: Int) throws(JSONProblem) {
    guard scanner.isAtObject else { throw JSONProblem(text: "it is not an object with id and label") }
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

/// Tells the lines of ever later bytes of a text.
private struct LineCounter {
  private let bytes: UnsafeRawBufferPointer
  private var place = 0
  private var line = 1

  init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

  /// The line of a byte, counted from 1; each byte must lie behind the one before.
  mutating func number(at index: Int) -> Int {
    while place < min(index, bytes.count) {
      if bytes[place] == UInt8(ascii: "\n") { line += 1 }
      place += 1
    }
    return line
  }
}
