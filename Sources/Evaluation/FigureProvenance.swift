import Clips
import Manifests

/// What figures were measured on: figures of two runs can be compared when theirs is equal.
public struct FigureProvenance: Sendable, Equatable, Codable {
  /// How many clips.
  public let clips: Int
  /// The SHA-256 of the list of clips (`listHash`); for classification without their captions.
  public let listHash: String
  /// Which way of measuring.
  public let protocolVersion: Int
  /// Which views of each clip, "5x3", and the SHA-256 of the clips' labels (`labelHash`): for classification alone.
  public let views: String?, labelHash: String?

  /// The way of measuring that this program has: raised with every change that gives other figures on the same clips.
  public static let currentProtocol = 1

  /// The provenance of figures that were measured on clips, in this order.
  public init(_ entries: some Collection<ClipEntry>, protocolVersion: Int = currentProtocol) {
    clips = entries.count
    listHash = entries.listHash
    self.protocolVersion = protocolVersion
    (views, labelHash) = (nil, nil)
  }

  /// The provenance of figures of predictions. Captions do not count: no classifier reads any, and files of features have
  /// none, so that figures of probes can be compared with those of models.
  /// - Parameter views: which views of each clip.
  public init(_ predictions: ClassPredictions, views: ViewPlan, protocolVersion: Int = currentProtocol) {
    clips = predictions.count
    listHash = predictions.entries.listHash(withCaptions: false)
    self.protocolVersion = protocolVersion
    self.views = views.words
    labelHash = predictions.truth.lazy.map { predictions.classes[$0] }.labelHash
  }

  /// Why figures of another provenance cannot be compared with these, in words; nil when they can.
  public func difference(to other: FigureProvenance) -> String? {
    if protocolVersion != other.protocolVersion {
      return "measured in another way (protocol \(other.protocolVersion) instead of \(protocolVersion))"
    }
    if clips != other.clips { return "measured on \(other.clips) clips instead of \(clips)" }
    if listHash != other.listHash {
      return views == nil ? "measured on other clips, or with other captions" : "measured on other clips"
    }
    if labelHash != other.labelHash { return "measured with other labels" }
    func named(_ views: String?) -> String { views.map { "\($0) views" } ?? "one view" }
    return views == other.views
      ? nil : "measured on \(named(other.views)) of each clip instead of \(named(views))"
  }
}
