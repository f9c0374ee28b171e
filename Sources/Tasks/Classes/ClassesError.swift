import Fields
import Files
import Manifests

/// Why no classes can be learned from clips, or measured on them.
public enum ClassesError: Error, Equatable, CustomStringConvertible {
  /// How many names are shown.
  package static let shown = 5

  /// Clips that have no class.
  public struct Unlabelled: Sendable, Equatable {
    /// The manifest.
    public let manifest: String
    /// Where a class was looked for.
    public let source: LabelSource
    /// How many of how many clips have none.
    public let count: Int, of: Int
    /// The first of them.
    public let first: [String]
    /// What else the clips have, if none of them has a class.
    public let others: [String]
  }

  /// Clips have no class.
  case unlabelled(Unlabelled)
  /// All clips have one class.
  case single(manifest: String, LabelSource, String)
  /// Names of classes have control characters.
  case unprintable(manifest: String, LabelSource, [String])
  /// Clips are of classes that the list does not have: these, each with how many clips it has here, for a list of these.
  case unknown(manifest: String, LabelSource, [String], clips: Int, known: [String])
  /// The recipe names classes to mirror that there are none of; these are known.
  case unknownMirrored([String], known: [String])
  /// Held-out clips are trained on, too: the first of them, and how many of how many there are.
  case shared(validation: String, first: [String], count: Int, of: Int)

  /// One sentence with a remedy.
  public var description: String {
    switch self {
    case .unlabelled(let facts): facts.description
    case .single(let manifest, let source, let name):
      "\(manifest): all clips are of one class, \(quoted(name)), so there is nothing to tell apart; list clips of a "
        + "second class, or take the classes from elsewhere (labels.from is \(quoted("\(source)")))."
    case .unprintable(let manifest, let source, let names):
      "\(manifest): \(names.count == 1 ? "the class" : "the classes") \(listed(names)) (\(source)) "
        + "\(names.count == 1 ? "has" : "have") control characters; write \(names.count == 1 ? "it" : "them") without."
    case .unknown(let manifest, let source, let names, let clips, let known):
      "\(manifest): \(clips == 1 ? "1 clip is" : "\(clips) clips are") of "
        + "\(names.count == 1 ? "a class" : "\(names.count) classes") that the training clips do not have (\(source)): "
        + "\(Self.withNearest(names, known)); mend \(names.count == 1 ? "its name" : "their names"), take these clips "
        + "out, or train on clips of \(names.count == 1 ? "that class" : "those classes")."
    case .shared(let validation, let first, let count, let all):
      "\(validation): \(count) of the \(all) held-out clips \(count == 1 ? "is" : "are") trained on, too, so figures of "
        + "them would say little of other clips: \(listed(first, of: count)); take them out of one of the lists "
        + "(vfm-data check names them all), or set training.validateEvery to 0."
    case .unknownMirrored(let names, let known):
      "augmentation.mirroredClasses: no training clip is of \(names.count == 1 ? "the class" : "the classes") "
        + "\(Self.withNearest(names, known)); mend or remove \(names.count == 1 ? "it" : "them")."
    }
  }

  private static func withNearest(_ names: [String], _ known: [String]) -> String {
    let hinted = names.prefix(shown).map { name in
      quoted(name) + (Spelling.nearest(to: name, among: known).map { " (did you mean \(quoted($0))?)" } ?? "")
    }
    return joined(hinted, of: names.count)
  }
}

extension ClassesError.Unlabelled {
  fileprivate var description: String {
    let what = source == .label ? "label" : "attribute \(quoted("\(source)"))"
    guard count == of else {
      return
        "\(manifest): \(count) of the \(of) clips \(count == 1 ? "has" : "have") no \(what), so "
        + "\(count == 1 ? "its" : "their") class is not known: \(listed(first, of: count)); "
        + "add it, or take \(count == 1 ? "that clip" : "those clips") out."
    }
    let elsewhere =
      others.isEmpty
      ? "" : ", or name in labels.from what else they have: \(listed(others))"
    return
      "\(manifest): no clip has \(source == .label ? "a" : "an") \(what), so there are no classes to learn; give each clip one\(elsewhere)."
  }
}

/// A name in quotes, as it can be shown.
func quoted(_ name: String) -> String { "\"\(name.printable)\"" }

/// The first names in quotes, and how many more there are.
func listed(_ names: [String], of count: Int? = nil) -> String {
  joined(names.prefix(ClassesError.shown).map(quoted), of: count ?? names.count)
}

private func joined(_ shown: [String], of count: Int) -> String {
  shown.joined(separator: ", ") + (count > shown.count ? " and \(count - shown.count) more" : "")
}
