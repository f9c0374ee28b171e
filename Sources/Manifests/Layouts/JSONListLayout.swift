import Foundation

/// A JSON list of objects with `path` and `caption` (or what other trainers call them, `RowKeys.manifest`), as LTX-Video's
/// trainer reads it; the keys are those of JSON Lines.
extension ManifestDraft {
  /// Reads a JSON list of rows.
  mutating func readJSONList(_ source: ManifestSource) {
    forEachElement(of: source, "path and caption") { (draft, scanner, line) throws(JSONProblem) in
      let start = scanner.index
      let row = try scanner.row(.manifest)
      if scanner.index - start > TextLines.limit { return draft.report(TextLines.tooLong, line: line) }
      draft.add(row, line: line)
    }
  }

  /// Takes each object of a JSON list; what is wrong is noted, and the first fault of syntax ends it.
  /// - Parameter keys: what the objects are to have, in words.
  mutating func forEachElement(
    of source: ManifestSource, _ keys: String,
    _ take: (inout ManifestDraft, inout JSONScanner, _ line: Int) throws(JSONProblem) -> Void
  ) {
    source.bytes.withUnsafeBytes { bytes in
      var scanner = JSONScanner(bytes, in: bytes.textStart..<bytes.count)
      var line = LineCounter(bytes)
      scanner.skipSpace()
      do throws(JSONProblem) {
        guard scanner.isAtList else { throw JSONProblem(text: "it is not a list of objects with \(keys)") }
        try scanner.openList()
        var isFirst = true
        while try scanner.element(isFirst: isFirst) {
          isFirst = false
          guard scanner.isAtObject else { throw JSONProblem(text: "it is not an object with \(keys)") }
          try take(&self, &scanner, line.number(at: scanner.index))
        }
        try scanner.finish()
      } catch {
        report(error.text, line: line.number(at: scanner.index))
      }
    }
  }
}

enum JSONListNames {
  /// Whether a JSON list is one of Something-Something: its first object has an id and no path.
  static func isSomethingSomething(_ source: ManifestSource) -> Bool {
    source.bytes.withUnsafeBytes { bytes in
      var scanner = JSONScanner(bytes, in: bytes.textStart..<bytes.count)
      var keys: Set<String> = []
      scanner.skipSpace()
      do throws(JSONProblem) {
        guard scanner.isAtList else { return false }
        try scanner.openList()
        guard try scanner.element(isFirst: true), scanner.isAtObject else { return false }
        var members = try scanner.openObject()
        while let key = try scanner.key(&members) {
          keys.insert(key)
          try scanner.skipValue()
        }
      } catch {
        // What is wrong with it, its reader will say.
      }
      return keys.contains("id") && keys.isDisjoint(with: RowKeys.manifest.paths)
    }
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
