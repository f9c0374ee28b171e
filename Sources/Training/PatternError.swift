import Fields
import Layers
import Optimizers
import Recipes

/// What is wrong with the patterns of a recipe's `start`, or of its `optimizer.muon`.
public enum PatternError: Error, Equatable, CustomStringConvertible {
  /// No parameter is meant by it.
  case unmatched(key: String, pattern: String, remedy: String)
  /// Nothing is left to train.
  case everythingFrozen
  /// The task's model has no head.
  case noHead(kind: String)
  /// An adapter would be larger than what it adapts.
  case rankTooLarge(rank: Int, weight: String, shape: [Int])
  /// Muon has nothing to update: the hidden matrices are all frozen, or excluded.
  case noMatrix(areExcluded: Bool)

  /// What patterns of a key stand for, where it is not any parameter of the model.
  private static let known = [
    "start.lora.targets": "linear layer", "start.unused": "parameter that only the base has",
  ]

  /// One sentence with a remedy.
  public var description: String {
    switch self {
    case .unmatched(let key, let pattern, let remedy):
      "\(key): no \(Self.known[key] ?? "parameter") is called \"\(pattern)\" or lies in it; \(remedy)"
    case .everythingFrozen:
      "start.frozen: all parameters are frozen, so there is nothing to train; leave one part of the model out."
    case .noHead(let kind):
      "start.method: a model of task.kind \"\(kind)\" has no head to train alone; take \"lora\" or \"full\"."
    case .rankTooLarge(let rank, let weight, let shape):
      "start.lora.rank: \(rank) is more than the smaller side of \(weight) \(shape); take \(shape.min() ?? 1) or less, "
        + "or name other start.lora.targets."
    case .noMatrix(areExcluded: true):
      "optimizer.muon.exclude: all matrices are excluded, so there is none for Muon; name fewer, or take optimizer.kind "
        + "\"adamW\"."
    case .noMatrix(areExcluded: false):
      "optimizer.kind: no hidden matrix is trained, so there is none for Muon; take \"adamW\"."
    }
  }
}

extension Blueprint {
  /// Throws unless each pattern of the recipe means something, and something is left to train.
  func checkPatterns() throws {
    let (start, task) = (recipe.start, recipe.task)
    if start.method == .head && task.head.isEmpty && start.fresh.isEmpty {
      throw PatternError.noHead(kind: recipe.kind.rawValue)
    }
    let parameters = try makeSubject().parameters
    let names = parameters.entries.map(\.name)
    let patterns =
      [("start.frozen", start.frozen), ("start.fresh", start.fresh), ("start.lora.targets", targets)]
      + [("start.learningRates", start.learningRates.map(\.pattern))]
      + [("optimizer.muon.exclude", usesMuon ? recipe.optimizer.muon.exclude : [])]
    for (key, patterns) in patterns {
      let known = key == "start.lora.targets" ? parameters.linearNames : names
      for pattern in patterns where !known.contains(where: pattern.matches) {
        throw PatternError.unmatched(
          key: key, pattern: pattern.text, remedy: Self.remedy(for: pattern.text, known))
      }
    }
    if start.method == .lora {
      for (name, shape) in parameters.adapted where start.rank > shape.min()! {
        throw PatternError.rankTooLarge(rank: start.rank, weight: name, shape: shape)
      }
    }
    if parameters.trainedEntries.isEmpty { throw PatternError.everythingFrozen }
    if usesMuon && Muon.matrices(of: parameters, excluding: muonExcluded).isEmpty {
      throw PatternError.noMatrix(areExcluded: !Muon.matrices(of: parameters, excluding: []).isEmpty)
    }
  }

  private var usesMuon: Bool { recipe.optimizer.kind == .muon }

  /// The targets that the recipe names itself.
  private var targets: [NamePattern] { recipe.start.method == .lora ? recipe.start.targets : [] }

  /// The name that was probably meant, or else what lies in the part that was named rightly.
  static func remedy(for pattern: String, _ names: [String]) -> String {
    let places = Set(names.flatMap(beginnings)).sorted()
    if let near = Spelling.nearest(to: pattern, among: places) { return "did you mean \"\(near)\"?" }
    let known = beginnings(of: pattern).last(where: places.contains)
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
