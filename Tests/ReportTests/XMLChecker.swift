@testable import Report

/// Tells whether each element of a text is closed in order: enough to find a forgotten quote or end in what a program
/// writes.
struct XMLChecker {
  let problem: String

  var isWellFormed: Bool { problem.isEmpty }

  /// Elements of HTML that have no end.
  private static let void: Set<String> = ["meta", "img", "link", "br"]

  init(_ text: String) {
    var open: [String] = []
    var rest = Substring(text)
    while let start = rest.firstIndex(of: "<") {
      let tag = rest[start...].dropFirst().prefix { $0 != ">" }
      guard tag.endIndex < rest.endIndex, !tag.contains("<"), tag.count(where: { $0 == "\"" }) % 2 == 0 else {
        problem = "not a tag: <\(tag.prefix(60))"
        return
      }
      rest = rest[tag.endIndex...].dropFirst()
      let name = String(tag.prefix { $0 != " " && $0 != "\n" })
      if name.hasPrefix("/") {
        guard open.popLast() == String(name.dropFirst()) else {
          problem = "<\(name)> closes what is not open"
          return
        }
      } else if !tag.hasSuffix("/") && !name.hasPrefix("!") && !Self.void.contains(name) {
        open.append(name)
      }
    }
    problem = open.isEmpty ? "" : "never closed: \(open)"
  }
}
