import Files

/// Where a clip's bytes are: a file, or a piece of a file, such as a member of an archive.
public struct ClipFile: Sendable, Hashable, CustomStringConvertible {
  /// A piece of a file that is a clip of its own.
  public struct Member: Sendable, Hashable {
    /// What the archive calls it; used in messages only, never to find or make a file.
    public let name: String
    /// Where its first byte lies in the file.
    public let offset: Int
    /// How many bytes it has.
    public let count: Int

    /// A piece of a file.
    public init(name: String, offset: Int, count: Int) {
      self.name = name
      self.offset = offset
      self.count = count
    }
  }

  /// The file.
  public let path: String
  /// The piece of it that is the clip; nil for all of it.
  public let member: Member?
  /// The folder that the file must lie in, links followed; nil lets it lie anywhere.
  public let root: String?

  /// A file, or a piece of one.
  public init(path: String, member: Member? = nil, root: String? = nil) {
    self.path = path
    self.member = member
    self.root = root
  }

  /// By their bytes, as the file system tells names apart.
  public static func == (one: ClipFile, other: ClipFile) -> Bool {
    one.member == other.member && ExactName(one.path) == ExactName(other.path)
      && one.root.map(ExactName.init) == other.root.map(ExactName.init)
  }

  /// By their bytes.
  public func hash(into hasher: inout Hasher) {
    hasher.combine(ExactName(path))
    hasher.combine(member)
    hasher.combine(root.map(ExactName.init))
  }

  /// The path, followed by the name of the member.
  public var description: String { member.map { "\(path)/\($0.name)" } ?? path }
}
