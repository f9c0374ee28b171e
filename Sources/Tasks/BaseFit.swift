import Layers

/// How the weights of a base become those of a task's model, where they are not the same by name.
public struct BaseFit: Sendable, Equatable {
  /// The beginning of parameters' names, and what stands there in the base.
  public struct Renaming: Sendable, Equatable {
    /// "vjepa2.", and "".
    public let ours: String, theirs: String
  }

  /// At most one; without it names are the same.
  public let renaming: Renaming?
  /// Parameters that are drawn anew, whatever the base holds.
  public let fresh: [NamePattern]
  /// Parameters of the base that this model has no use for.
  public let unused: [NamePattern]

  /// A fit; by default all names are the same.
  public init(
    renaming: (ours: String, theirs: String)? = nil, fresh: [String] = [], unused: [String] = []
  ) {
    self.renaming = renaming.map { Renaming(ours: $0.ours, theirs: $0.theirs) }
    self.fresh = fresh.map(NamePattern.init)
    self.unused = unused.map(NamePattern.init)
  }

  /// The name of a parameter's tensor in the base.
  public func nameInBase(_ name: String) -> String {
    guard let renaming, name.hasPrefix(renaming.ours) else { return name }
    return renaming.theirs + name.dropFirst(renaming.ours.count)
  }
}

/// A base whose model is no beginning for a task's, though its kind is one.
public struct BaseFitError: Error, Equatable, CustomStringConvertible {
  /// One sentence with a remedy.
  public let description: String

  /// An error of these words.
  public init(_ description: String) { self.description = description }
}

/// What a recipe that fine-tunes a model asks for, where that is another kind of task than the model's own.
public struct FinetuningKind: Sendable, Equatable {
  /// `task.kind`.
  public let kind: String
  /// Sections of the base's recipe that the other kind does not have.
  public let dropped: [String]
  /// Keys that the other kind needs, as paths and texts.
  public let keys: [String: String]

  /// Another kind.
  public init(kind: String, dropped: [String], keys: [String: String] = [:]) {
    self.kind = kind
    self.dropped = dropped
    self.keys = keys
  }
}
