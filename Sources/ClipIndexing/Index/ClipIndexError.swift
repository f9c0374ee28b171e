/// What is wrong with an index.
public struct ClipIndexError: Error, Sendable, Equatable, CustomStringConvertible {
  /// The index.
  public let path: String
  /// The line, counted from 1; nil when the problem is of the whole.
  public let line: Int?
  /// What is wrong, in words.
  public let problem: String
  /// What to do about it.
  public let remedy: String

  init(path: String, line: Int? = nil, problem: String, remedy: String) {
    self.path = path
    self.line = line
    self.problem = problem
    self.remedy = remedy
  }

  /// The index, the line, the problem and the remedy.
  public var description: String {
    "index \(path): " + (line.map { "line \($0): " } ?? "") + "\(problem); \(remedy)"
  }
}
