import Foundation

/// Vectors of clips from one or several files, which can be compared with each other.
public struct FeatureSet: Sendable {
  /// The files.
  public let paths: [String]
  /// What decides the vectors beside the clips.
  public let identity: FeatureIdentity
  /// The clips, in the order of the files.
  public let clips: [ClipFeatures.Clip]
  /// The manifest of each clip, as it was named.
  public let manifests: [String]
  /// D.
  public let width: Int
  /// [clips, D].
  public let values: [Float]

  /// Reads files, the shards of one list or of several.
  /// - Throws: `FeaturesError` when they cannot be compared, have a clip twice or hold no vectors; `MachineError`.
  public init(_ paths: [String]) throws {
    try self.init(paths.map { ($0, try FeatureFile.read($0)) })
  }

  init(_ files: [(path: String, features: ClipFeatures)]) throws {
    precondition(!files.isEmpty, "a set is of at least one file")
    let (first, path) = (files[0].features, files[0].path)
    var seen: Set<ClipKey> = []
    for (path, features) in files {
      guard features.identity.pool != .tokens else {
        throw FeaturesError.unfit(
          "\(path) holds all tokens of each clip, and vectors are needed; compute them with --pool mean.")
      }
      for (clip, place) in zip(features.clips, features.clips.indices) {
        let key = ClipKey(list: features.origin.listHash, place: clip.place)
        guard seen.insert(key).inserted else {
          throw FeaturesError.unfit(
            "\(path) holds \(clip.name), which an earlier file holds, too; give each file, and each shard of a list, once."
          )
        }
        let row = features.values[place * features.width..<(place + 1) * features.width]
        guard row.allSatisfy(\.isFinite) else {
          throw FeaturesError.unfit(
            "\(path): the features of \(clip.name) are not finite, so the model gives no numbers for it; use an earlier "
              + "checkpoint.")
        }
      }
    }
    paths = files.map(\.path)
    identity = first.identity
    width = first.width
    clips = files.flatMap(\.features.clips)
    manifests = files.flatMap { file in file.features.clips.map { _ in file.features.origin.manifest } }
    values = files.flatMap(\.features.values)
    for (other, features) in files.dropFirst() {
      try Self.requireSame(path, identity, width, other, features.identity, features.width)
    }
    guard !clips.isEmpty else {
      throw FeaturesError.unfit("\(paths.joined(separator: ", ")) holds no clips; compute features of some.")
    }
  }

  /// Throws unless vectors of another set can be compared with these.
  public func requireSame(as other: FeatureSet) throws {
    try Self.requireSame(paths[0], identity, width, other.paths[0], other.identity, other.width)
  }

  private static func requireSame(
    _ path: String, _ identity: FeatureIdentity, _ width: Int, _ otherPath: String, _ other: FeatureIdentity,
    _ otherWidth: Int
  ) throws {
    let widths =
      width == otherWidth ? nil : "vectors of \(width) values instead of \(otherWidth)"
    guard let difference = widths ?? identity.difference(to: other) else { return }
    throw FeaturesError.unfit(
      "The features of \(path) and \(otherPath) cannot be compared: the first has \(difference); compute both with one "
        + "checkpoint and the same options.")
  }

  private struct ClipKey: Hashable {
    let list: String, place: Int
  }

  /// The number of clips.
  public var count: Int { clips.count }

  /// The values of a clip.
  func row(_ clip: Int) -> ArraySlice<Float> { values[clip * width..<(clip + 1) * width] }
}
