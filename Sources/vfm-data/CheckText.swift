import Commands
import Curation
import Foundation

/// What a check found, for people.
struct CheckText {
  private let check: ManifestCheck
  /// How many examples are shown of each thing that is wrong.
  private static let shown = 20

  init(_ check: ManifestCheck) { self.check = check }

  /// Lines that say what the manifests hold, and then what is wrong with them.
  var text: String {
    let facts = check.clips > 0 ? [table] : []
    let verdict =
      check.isFine
      ? "Nothing is wrong." + (check.index == nil ? " " + depth : "")
      : "Something is wrong: mend what is named above, then check again."
    return (check.sources.map(source) + facts + unusable + check.rules.flatMap(rule) + leaks + [verdict])
      .joined(separator: "\n")
  }

  /// How far a check without an index looked.
  private var depth: String {
    check.rules.isEmpty
      ? "No clip was decoded: --recipe looks at each one's beginning, vfm-data index decodes all."
      : "Of each clip only the beginning was decoded: vfm-data index decodes all."
  }

  private func rule(_ rule: RuleCheck) -> [String] {
    var lines: [String] = []
    if rule.missingInIndex > 0 {
      let clips = rule.missingInIndex == 1 ? "1 clip of it is" : "\(rule.missingInIndex) clips of it are"
      lines.append(
        "A run on \(rule.manifest) would stop: \(clips) not in the index (data.index); run vfm-data index again, which adds them."
      )
    }
    guard rule.unusable > 0, let tolerated = rule.tolerated else { return lines }
    let clips = rule.unusable == 1 ? "1 clip" : "\(rule.unusable) clips"
    let tolerance =
      "\(tolerated) \(tolerated == 1 ? "is" : "are") tolerated (data.badClipTolerance)"
    let give = rule.unusable == 1 ? "gives" : "give"
    lines.append(
      rule.unusable > tolerated
        ? "A run on \(rule.manifest) would stop: \(clips) of it \(give) no sample, where \(tolerance)."
        : "A run on \(rule.manifest) would leave out \(clips) that \(give) no sample; \(tolerance).")
    return lines
  }

  private func source(_ source: ManifestCheck.Source) -> String {
    var lines = [source.path]
    if let layout = source.layout, let reason = source.reason {
      lines.append("  read as \(layout), because \(reason)")
    }
    if source.problemCount == 0 { lines.append("  \(source.clips) clip\(source.clips == 1 ? "" : "s")") }
    lines += source.notes.map { "  \($0)" }
    lines += Self.examples(source.problems, of: source.problemCount).map { "  \($0)" }
    if let remedy = source.remedy {
      lines.append(
        "  " + (source.problemCount == 1 ? "1 problem; " : "\(source.problemCount) problems. ") + remedy)
    }
    return lines.joined(separator: "\n")
  }

  private var table: String {
    var rows = [("clips", "\(check.clips) in \(check.files) files")]
    rows.append(("splits", Self.list(check.splits)))
    rows.append(
      (
        "labels",
        check.labels == 0 ? "none" : "\(check.labels): " + Self.list(check.commonLabels, of: check.labels)
      ))
    if let captions = check.captions {
      rows.append(
        (
          "captions",
          "\(captions.shortest) to \(captions.longest) characters, median \(captions.median),"
            + " 95 % up to \(captions.ninetyFive); \(captions.empty) empty;"
            + String(format: " %.1f %% share theirs with another clip", 100 * captions.shared)
        ))
      if let tokens = captions.tokens {
        rows.append(
          (
            "tokens",
            tokens.note() ?? "at most \(tokens.longest) of the \(tokens.limit) that are read of a caption"
          ))
      }
    }
    if let index = check.index { rows += Self.rows(index) }
    return rows.map { $0.0.padding(toLength: 10, withPad: " ", startingAt: 0) + $0.1 }.joined(separator: "\n")
  }

  private static func rows(_ index: IndexFigures) -> [(String, String)] {
    var rows = [("index", "knows \(index.known) of \(index.known + index.unknown) files")]
    if let shortest = index.shortest, let longest = index.longest {
      let range = String(format: "%.2f to %.2f s", shortest, longest)
      rows.append(("lengths", "\(range), \(inWords(seconds: index.seconds)) in all"))
    }
    if !index.codecs.isEmpty {
      rows.append(("codecs", list(index.codecs.prefix(10), of: index.codecs.count)))
    }
    if !index.sizes.isEmpty { rows.append(("sizes", list(index.sizes.prefix(10), of: index.sizes.count))) }
    return rows
  }

  private var unusable: [String] {
    let clips = check.unusable
    if clips.isEmpty { return [] }
    let lines = clips.map { "\($0.clip): \($0.reason)" }
    return ["\(clips.count) clip\(clips.count == 1 ? "" : "s") cannot be used:"]
      + Self.examples(lines, of: clips.count).map { "  \($0)" }
  }

  private var leaks: [String] {
    Leak.Kind.allCases.flatMap { kind -> [String] in
      let leaks = check.leaks.filter { $0.kind == kind }
      if leaks.isEmpty { return [] }
      let lines = leaks.map { leak in
        let clips = leak.clips[0] == leak.clips[1] ? leak.clips[0] : leak.clips.joined(separator: " and ")
        return "\(clips) (\(leak.splits.joined(separator: " and ")))"
      }
      return ["\(leaks.count) time\(leaks.count == 1 ? "" : "s") two splits have the \(kind.rawValue):"]
        + Self.examples(lines, of: leaks.count).map { "  \($0)" }
    }
  }

  private static func list(_ counts: some Collection<ManifestCheck.Count>, of all: Int? = nil) -> String {
    let more = (all ?? counts.count) - counts.count
    return counts.map { "\($0.name) \($0.count)" }.joined(separator: ", ")
      + (more > 0 ? ", and \(more) more" : "")
  }

  private static func examples(_ lines: [String], of count: Int) -> [String] {
    lines.prefix(shown) + (count > shown ? ["and \(count - min(lines.count, shown)) more"] : [])
  }
}
