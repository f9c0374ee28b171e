/// Features of clips, and what they are of.
public struct ClipFeatures: Sendable {
  /// A clip, as its manifest has it.
  public struct Clip: Sendable, Equatable {
    /// Its place in the manifest.
    public let place: Int
    /// What the manifest calls it.
    public let name: String
    /// Where the piece begins and ends, in seconds; nil for the clip's own beginning and end.
    public let start: Double?, end: Double?
    /// Its class, where it has one.
    public let label: String?

    /// A clip.
    public init(place: Int, name: String, start: Double? = nil, end: Double? = nil, label: String? = nil) {
      self.place = place
      self.name = name
      self.start = start
      self.end = end
      self.label = label
    }
  }

  /// What decides the values beside the clips.
  public let identity: FeatureIdentity
  /// Which clips were asked for.
  public let origin: FeatureOrigin
  /// The clips that could be read, in the order of the manifest.
  public let clips: [Clip]
  /// The names of those that could not.
  public let unreadable: [String]
  /// N, rows of a clip: 1 where tokens were pooled.
  public let tokens: Int
  /// D, values of a row.
  public let width: Int
  /// [clips, N, D].
  public let values: [Float]

  /// Features of clips.
  public init(
    identity: FeatureIdentity, origin: FeatureOrigin, clips: [Clip], unreadable: [String] = [], tokens: Int,
    width: Int, values: [Float]
  ) {
    precondition(values.count == clips.count * tokens * width, "each clip has N rows of D values")
    self.identity = identity
    self.origin = origin
    self.clips = clips
    self.unreadable = unreadable
    self.tokens = tokens
    self.width = width
    self.values = values
  }
}
