/// What is wrong with a manifest: all of it at once, so that it can be mended in one go.
public struct ManifestError: Error, Sendable, Equatable, CustomStringConvertible {
  /// One thing that is wrong.
  public struct Problem: Sendable, Equatable {
    /// The line, counted from 1; nil when the problem is of the whole.
    public let line: Int?
    /// What is wrong, in words.
    public let text: String
  }

  /// The manifest.
  public let path: String
  /// The first problems, in the order of the file; at most `shown`.
  public let problems: [Problem]
  /// How many problems there are in all.
  public let count: Int
  /// What to do about it.
  public let remedy: String

  /// How many problems are kept to be shown.
  public static let shown = 20

  init(path: String, problems: [Problem], count: Int, remedy: String) {
    self.path = path
    self.problems = problems
    self.count = count
    self.remedy = remedy
  }

  init(path: String, problem: String, remedy: String) {
    self.init(path: path, problems: [Problem(line: nil, text: problem)], count: 1, remedy: remedy)
  }

  /// The manifest, the problems with their lines, and the remedy.
  public var description: String {
    let sentences = problems.map { problem in
      (problem.line.map { "line \($0): " } ?? "") + problem.text
    }
    if count == 1 { return "manifest \(path): \(sentences[0]); \(remedy)" }
    let rest = count > problems.count ? "\n  and \(count - problems.count) more" : ""
    return "manifest \(path) has \(count) problems:\n  " + sentences.joined(separator: "\n  ") + rest
      + "\n\(remedy)"
  }
}
