import Foundation

/// `classInd.txt` of UCF-101: a number and the name of its class on each line.
struct ClassIndex {
  static let fileName = "classInd.txt"
  private var names: [Substring: Substring] = [:]

  /// Whether there is one beside a list, which is then one of UCF-101.
  static func isBeside(_ source: ManifestSource) -> Bool {
    source.name != fileName && source.hasBeside(fileName)
  }

  /// Reads its text.
  init(_ text: String) {
    for line in text.split(whereSeparator: \.isNewline) {
      let words = line.split(whereSeparator: \.isWhitespace)
      if words.count == 2 { names[words[0]] = words[1] }
    }
  }

  /// The class of a number.
  subscript(number: Substring) -> Substring? { names[number] }
  /// Whether there is a class of that name.
  func contains(_ name: Substring) -> Bool { names.values.contains(name) }
}

/// The lists of UCF-101: `ApplyEyeMakeup/v_ApplyEyeMakeup_g08_c01.avi 1` in `trainlist01.txt`, and without
/// the number in `testlist01.txt`, where the folder is the class. The label is the class's name, the caption
/// the same in words.
extension ManifestDraft {
  /// Reads a list of UCF-101.
  mutating func readUCF101(_ source: ManifestSource) {
    guard let bytes = bytes(of: ClassIndex.fileName, beside: source) else { return }
    guard let text = String(data: bytes[bytes.textStart...], encoding: .utf8) else {
      return report("\(ClassIndex.fileName) beside it cannot be read as UTF-8 text")
    }
    let classes = ClassIndex(text)
    forEachLine(of: source) { draft, line, number in
      let words = line.split(separator: " ")
      guard let path = words.first, words.count <= 2 else {
        return draft.report("\"\(line)\" is not a clip's path and the number of its class", line: number)
      }
      let folder = path.split(separator: "/").dropLast().last
      let label = words.count == 2 ? classes[words[1]] : folder.flatMap { classes.contains($0) ? $0 : nil }
      guard let label else {
        return draft.report(
          "\(ClassIndex.fileName) has no class \(words.count == 2 ? words[1] : folder ?? "for \(path)")",
          line: number)
      }
      draft.add(
        ManifestRow(path: String(path), caption: ClipNames.words(label), label: String(label)), line: number)
    }
  }
}
