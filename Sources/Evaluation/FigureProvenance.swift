import Manifests

/// What figures were measured on: figures of two runs can be compared when theirs is equal.
public struct FigureProvenance: Sendable, Equatable, Codable {
  /// How many clips.
  public let clips: Int
  /// The SHA-256 of the list of clips (`listHash`).
  public let listHash: String
  /// Which way of measuring.
  public let protocolVersion: Int

  /// The way of measuring that this program has: raised with every change that gives other figures on the same clips.
  public static let currentProtocol = 1

  /// The provenance of figures that were measured on clips, in this order.
  public init(_ entries: some Collection<ClipEntry>, protocolVersion: Int = currentProtocol) {
    clips = entries.count
    listHash = entries.listHash
    self.protocolVersion = protocolVersion
  }

  /// Why figures of another provenance cannot be compared with these, in words; nil when they can.
  public func difference(to other: FigureProvenance) -> String? {
    if protocolVersion != other.protocolVersion {
      return "measured in another way (protocol \(other.protocolVersion) instead of \(protocolVersion))"
    }
    if clips != other.clips { return "measured on \(other.clips) clips instead of \(clips)" }
    return listHash == other.listHash ? nil : "measured on other clips, or with other captions"
  }
}
