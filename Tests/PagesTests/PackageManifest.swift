import Foundation

/// The targets that `Package.swift` lists, but for tests, and what each may import of ours.
///
/// It reads the text of the file, whose lines all have one form: `module("Name", uses: ["Other"])`.
struct PackageManifest {
  private(set) var imports: [String: Set<String>] = [:]
  /// What `library` stands for.
  let library: Set<String>

  init(_ text: String) {
    library = Self.strings(Self.piece(of: text, from: "let library: [Target.Dependency] = [", to: "]"))
    let calls = [
      "module", "command", "testSupport", "probe", ".systemLibrary", ".target", ".executableTarget",
    ]
    let targets = Substring(Self.piece(of: text, from: "  targets: [", to: "\n  ]\n"))
    for call in calls {
      for arguments in Self.arguments(of: call, in: targets) {
        guard let name = Self.name(in: arguments) else { continue }
        var names: Set<String> = []
        if let uses = arguments.range(of: "uses: ") ?? arguments.range(of: "dependencies: ") {
          let rest = arguments[uses.upperBound...]
          let own = rest.range(of: "[").map {
            Self.piece(of: String(rest[$0.lowerBound...]), from: "[", to: "]")
          }
          names = Self.strings(own ?? "").subtracting(["ArgumentParser", "swift-argument-parser"])
          if rest.hasPrefix("library") || rest.hasPrefix("everything") { names.formUnion(library) }
          if rest.hasPrefix("everything") { names.insert("Commands") }
        }
        imports[name] = names
      }
    }
  }

  /// What stands in the parentheses behind each call of a function.
  private static func arguments(of call: String, in text: Substring) -> [Substring] {
    var found: [Substring] = []
    var rest = text
    while let range = rest.range(of: "\n    \(call)(") {
      var (depth, end) = (1, range.upperBound)
      while depth > 0 {
        depth += rest[end] == "(" ? 1 : rest[end] == ")" ? -1 : 0
        end = rest.index(after: end)
      }
      found.append(rest[range.upperBound..<rest.index(before: end)])
      rest = rest[end...]
    }
    return found
  }

  private static func name(in arguments: Substring) -> String? {
    arguments.split(separator: "\"", omittingEmptySubsequences: false).dropFirst().first.map(String.init)
  }

  /// All texts in double quotes.
  private static func strings(_ text: some StringProtocol) -> Set<String> {
    let parts = text.split(separator: "\"", omittingEmptySubsequences: false)
    return Set(parts.enumerated().filter { $0.offset % 2 == 1 }.map { String($0.element) })
  }

  private static func piece(of text: String, from start: String, to end: String) -> String {
    guard let first = text.range(of: start),
      let last = text.range(of: end, range: first.upperBound..<text.endIndex)
    else { return "" }
    return String(text[first.upperBound..<last.lowerBound])
  }
}
