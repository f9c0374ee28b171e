/// A bad clip as the processes of a run tell it to each other.
public struct FoundBadClip: Codable, Sendable, Equatable {
  /// The clip's place in the manifest.
  public let index: Int
  /// What is wrong with it.
  public let clip: BadClip
}
