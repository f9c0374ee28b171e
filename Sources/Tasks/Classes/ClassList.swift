import Checkpoints
import Manifests

/// The classes that a model tells apart, by name: its output c is the class at place c.
///
/// They are found in the training clips when a run begins, and kept in each checkpoint as the fact `classes`, since a
/// head's rows mean nothing without them.
public struct ClassList: Sendable, Equatable {
  /// The names in the order of the outputs, [C]; at least two.
  public let names: [String]
  private let numbers: [String: Int]

  /// Classes in the order of the outputs.
  /// - Parameter names: at least two, all different.
  public init(_ names: [String]) {
    self.names = names
    numbers = Dictionary(uniqueKeysWithValues: zip(names, names.indices))
    precondition(names.count > 1, "a list of classes has at least two")
  }

  /// The classes of training clips, in natural order.
  ///
  /// - Parameter base: the classes of the checkpoint that the run starts from: if they are the same ones, their order is
  ///   kept, so that the head goes on; if not, the list is a new one.
  /// - Throws: `ClassesError` when clips have no class, or all have the same.
  public init(of manifest: Manifest, from source: LabelSource, base: ClassList? = nil) throws(ClassesError) {
    let names = try ClassCounts(manifest, from: source).names
    guard names.count > 1 else { throw .single(manifest: manifest.path, source, names[0]) }
    if let base, Set(base.names) == Set(names) { self = base } else { self.init(names) }
  }

  /// C.
  public var count: Int { names.count }

  /// The place of a class; nil for one that is not in the list.
  public func number(of name: String) -> Int? { numbers[name] }

  /// The place of a clip's class; nil for a clip without one, or of a class that is not in the list.
  public func number(of entry: ClipEntry, from source: LabelSource) -> Int? {
    entry.label(from: source).flatMap { numbers[$0] }
  }

  /// Whether outputs mean the same as those of another list: the same classes in the same order.
  public func isSame(as base: ClassList?) -> Bool { names == base?.names }

  /// The place of each clip's class, [clips].
  /// - Throws: `ClassesError` when a clip has none, or one that is not in the list.
  public func numbers(of manifest: Manifest, from source: LabelSource) throws(ClassesError) -> [Int] {
    try check(ClassCounts(manifest, from: source), of: manifest, from: source)
    return manifest.indices.map { numbers[manifest.label($0, from: source)!]! }
  }

  /// Throws when a manifest has classes that are not in the list.
  func check(_ counts: ClassCounts, of manifest: Manifest, from source: LabelSource) throws(ClassesError) {
    let unknown = counts.names.filter { numbers[$0] == nil }
    guard !unknown.isEmpty else { return }
    throw .unknown(
      manifest: manifest.path, source, unknown, clips: unknown.reduce(0) { $0 + counts.clips[$1]! },
      known: names)
  }
}

extension ClassList {
  static let fact = "classes"

  /// What a checkpoint keeps: the names, one a line.
  public var facts: TaskFacts { [Self.fact: .text(names.joined(separator: "\n"))] }

  /// The classes that a checkpoint tells of.
  /// - Throws: `TaskFactsError` when it tells of none, or of what no run notes.
  public init(_ facts: TaskFacts) throws(TaskFactsError) {
    guard let fact = facts[Self.fact] else { throw .missing(Self.fact) }
    guard case .text(let text) = fact else { throw .senseless(Self.fact) }
    // By scalars: "\r\n" is one character, and no line end here.
    let names = text.unicodeScalars.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    let isSound = names.allSatisfy { name in
      !name.isEmpty && !name.unicodeScalars.contains { $0.properties.generalCategory == .control }
    }
    guard names.count > 1, isSound, Set(names).count == names.count else { throw .senseless(Self.fact) }
    self.init(names)
  }

  /// The classes that a base tells of; nil for a base without any, such as one that was pretrained without labels.
  /// - Throws: `TaskFactsError` when it tells of what no run notes.
  public init?(ofBase facts: TaskFacts?) throws(TaskFactsError) {
    guard let facts, facts[Self.fact] != nil else { return nil }
    self = try ClassList(facts)
  }
}
