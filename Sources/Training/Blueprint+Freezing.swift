import Layers
import Recipes

/// What is wrong with `training.frozen`.
public enum FreezingError: Error, Equatable, CustomStringConvertible {
  /// No parameter's name begins so.
  case unknown(prefix: String, remedy: String)
  /// Nothing is left to train.
  case everything

  /// One sentence with a remedy.
  public var description: String {
    switch self {
    case .unknown(let prefix, let remedy):
      "training.frozen: no parameter is called \"\(prefix)\" or lies in it; \(remedy)"
    case .everything:
      "training.frozen: all parameters are frozen, so there is nothing to train; leave one part of the model out."
    }
  }
}

extension Blueprint {
  /// Throws unless each frozen name is one of the model's, and something is left to train.
  func checkFreezing() throws {
    guard !policy.frozen.isEmpty else { return }
    let parameters = makeModel().parameters
    let names = parameters.entries.map(\.name)
    if let pattern = parameters.unmatchedPatterns().first {
      throw FreezingError.unknown(prefix: pattern.text, remedy: Self.remedy(for: pattern.text, names))
    }
    if parameters.trainedEntries.isEmpty { throw FreezingError.everything }
  }

  /// The name that was probably meant, or else what lies in the part that was named rightly.
  private static func remedy(for prefix: String, _ names: [String]) -> String {
    let places = Set(names.flatMap(beginnings)).sorted()
    if let near = Spelling.nearest(to: prefix, among: places) { return "did you mean \"\(near)\"?" }
    let known = beginnings(of: prefix).last(where: places.contains)
    let parts = places.filter { beginnings(of: $0).dropLast().last == known }
    let more = parts.count > 12 ? " and \(parts.count - 12) more" : ""
    return "the parts of \(known ?? "the model") are \(parts.prefix(12).joined(separator: ", "))\(more)."
  }

  /// "a.b.c" to "a", "a.b", "a.b.c".
  private static func beginnings(of name: String) -> [String] {
    let parts = name.split(separator: ".", omittingEmptySubsequences: false)
    return parts.indices.map { parts[...$0].joined(separator: ".") }
  }
}
