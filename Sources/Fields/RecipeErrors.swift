/// Everything that is wrong with a recipe, in the order of the file, then of the `--set`s.
public struct RecipeErrors: Error, Equatable, Sendable, CustomStringConvertible {
  /// One thing to mend.
  public struct Problem: Equatable, Sendable, CustomStringConvertible {
    /// The path of the recipe, or `--set` and its text.
    public let source: String
    /// The line in the file, from 1; nil when the problem has no place in a file.
    public let line: Int?
    /// The column in the line, from 1, counted in characters; nil when the problem has no place in a file.
    public let column: Int?
    /// The path of the key, for example `data.frames`; empty when the text as a whole is meant.
    public let key: String
    /// What is wrong and what to do, beginning with the key.
    public let message: String

    /// A problem at a line and column of a file, or, without them, with the file or `--set` as a whole.
    public init(source: String, line: Int? = nil, column: Int? = nil, key: String, message: String) {
      self.source = source
      self.line = line
      self.column = column
      self.key = key
      self.message = message
    }

    /// `recipe.json:12:7: data.frames: must be …`, the form that editors turn into a link.
    public var description: String {
      guard let line, let column else { return "\(source): \(message)" }
      return "\(source):\(line):\(column): \(message)"
    }
  }

  /// The problems; never empty in an error that was thrown.
  public let problems: [Problem]

  /// An error of these problems.
  public init(problems: [Problem]) { self.problems = problems }

  /// Whether the file itself could not be read, so that nothing in it is to be mended.
  public var isUnreadable: Bool {
    problems.allSatisfy { $0.line == nil && $0.key.isEmpty && !$0.source.hasPrefix("--set") }
  }

  /// One line a problem, the first fifty of them.
  public var description: String {
    var lines = problems.prefix(50).map(\.description)
    if problems.count > 50 { lines.append("… and \(problems.count - 50) more problems") }
    return lines.joined(separator: "\n")
  }
}
