import Commands
import Foundation
import Hashing
import Manifests
import Ranks
import Recipes
import Training

/// What all ranks of a run must have in common, or each would train something else.
struct SameRun {
  /// By what it is called in messages.
  private let facts: [(name: String, value: String)]
  /// What makes bits differ, and nothing else.
  private let arithmetic: String

  init(_ recipe: Recipe, _ manifest: Manifest, _ options: RunOptions) {
    let course = [options.stopAfter, options.ranks, options.plan ? 1 : 0]
    facts = [
      ("--stop-after, --plan or --ranks", course.map { $0.map { "\($0)" } ?? "-" }.joined(separator: " ")),
      ("recipe", Self.digest(of: Data(recipe.resolvedJSON().utf8))),
      ("list of training clips", manifest.listHash),
      ("program", Self.program),
    ]
    arithmetic = Blueprint.products(of: recipe)
  }

  /// The digest of the running program's file; empty where it cannot be read.
  private static var program: String {
    (try? Data(contentsOf: URL(fileURLWithPath: "/proc/self/exe"), options: .mappedIfSafe)).map(digest) ?? ""
  }

  private static func digest(of data: Data) -> String {
    data.withUnsafeBytes { SHA256.hex(of: $0) }
  }

  /// Throws on all ranks when one of them has something else than the first one.
  func require(_ group: RankGroup) throws {
    guard group.count > 1 else { return }
    let all = group.gather(facts.map(\.value).joined(separator: "\n")).map {
      $0.split(separator: "\n", omittingEmptySubsequences: false)
    }
    for (index, fact) in facts.enumerated() {
      try Self.require(fact.name, all.map { String($0[index]) }, group)
    }
    tellOtherProducts(group)
  }

  /// Throws on all ranks unless they all have the same.
  static func require(_ name: String, _ own: String?, _ group: RankGroup) throws {
    guard group.count > 1 else { return }
    try require(name, group.gather(own ?? ""), group)
  }

  private static func require(_ name: String, _ all: [String], _ group: RankGroup) throws {
    try group.together {
      guard all[group.rank] != all[0] else { return }
      throw Failure(
        .unfitInput,
        "this rank has another \(name) than rank 0, so they would not train the same. Give all ranks the same words and "
          + "the same files: on a disk that they share, or as equal copies.")
    }
  }

  private func tellOtherProducts(_ group: RankGroup) {
    let others = Set(group.gather(arithmetic))
    if others.count > 1 {
      standardError(
        "note: ranks multiply with other kernels (\(others.sorted().joined(separator: "; "))): the run goes well, but its "
          + "bits depend on which rank has which clips\n")
    }
  }
}
