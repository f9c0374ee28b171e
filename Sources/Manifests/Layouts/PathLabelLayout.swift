/// Lines of a clip's path, a space, and its class as a word or a number, as most code for Kinetics reads
/// them. The last space of a line is the one that counts. The caption is the class in words; a number gives
/// none.
extension ManifestDraft {
  /// Reads a list of paths and classes.
  mutating func readPathLabelList(_ source: ManifestSource) {
    forEachLine(of: source) { draft, line, number in
      guard let space = line.lastIndex(where: { $0 == " " || $0 == "\t" }) else {
        return draft.report(
          "\"\(line)\" is not a clip's path and its class with a space between them", line: number)
      }
      let path = line[..<space].trimmingSuffix { $0 == " " || $0 == "\t" }
      let label = line[line.index(after: space)...]
      draft.add(
        ManifestRow(path: String(path), caption: ClipNames.caption(ofClass: label), label: String(label)),
        line: number)
    }
  }
}

extension Substring {
  /// The text without the characters at its end that fit.
  fileprivate func trimmingSuffix(_ fits: (Character) -> Bool) -> Substring {
    self[..<(lastIndex { !fits($0) }.map(index(after:)) ?? startIndex)]
  }
}
