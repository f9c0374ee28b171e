import Files

/// What is wrong with a manifest: all of it at once, so that it can be mended in one go.
public struct ManifestError: Error, Sendable, Equatable, CustomStringConvertible {
  /// One thing that is wrong.
  public struct Problem: Sendable, Equatable {
    /// The line, counted from 1; nil when the problem is of the whole.
    public let line: Int?
    /// What is wrong, in words.
    public let text: String

    /// The line and what is wrong there.
    public var description: String { (line.map { "line \($0): " } ?? "") + text }
  }

  /// The manifest.
  public let path: String
  /// Which layout it was read as; nil when that could not be told.
  public let layout: LayoutFinding?
  /// The first problems, in the order of the file; at most `kept`.
  public let problems: [Problem]
  /// How many problems there are in all.
  public let count: Int
  /// What to do about it.
  public let remedy: String
  /// Whether the manifest is not there at all, or cannot be read.
  public let isMissing: Bool
  /// The machine's trouble that kept it from being read; nil when the manifest is at fault.
  public let machine: MachineError?

  /// How many problems are shown in a message.
  public static let shown = 20
  /// How many problems are remembered.
  public static let kept = 10_000

  init(path: String, layout: LayoutFinding?, problems: [Problem], count: Int, remedy: String) {
    self.path = path
    self.layout = layout
    self.problems = problems
    self.count = count
    self.remedy = remedy
    (isMissing, machine) = (false, nil)
  }

  init(
    path: String, layout: LayoutFinding? = nil, problem: String, remedy: String, isMissing: Bool = false
  ) {
    self.path = path
    self.layout = layout
    problems = [Problem(line: nil, text: problem)]
    count = 1
    self.remedy = remedy
    self.isMissing = isMissing
    machine = nil
  }

  init(path: String, layout: LayoutFinding? = nil, machine: MachineError) {
    self.path = path
    self.layout = layout
    problems = [Problem(line: nil, text: "\(machine)")]
    (count, remedy) = (1, "")
    isMissing = false
    self.machine = machine
  }

  /// The manifest, how it was read, the first problems with their lines, and the remedy.
  public var description: String {
    let name = "manifest \(path)" + (layout.map { " (read as \($0))" } ?? "")
    if let machine { return "\(name): \(machine)" }
    if count == 1 { return "\(name): \(problems[0].description); \(remedy)" }
    let sentences = problems.prefix(ManifestError.shown).map(\.description)
    let rest = count > sentences.count ? "\n  and \(count - sentences.count) more" : ""
    return "\(name) has \(count) problems:\n  " + sentences.joined(separator: "\n  ") + rest + "\n\(remedy)"
  }
}
