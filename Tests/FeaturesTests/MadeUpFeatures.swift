import Clips

@testable import Features

/// Features of clips that nobody computed.
enum MadeUpFeatures {
  static func identity(
    weights: String = String(repeating: "ab", count: 32), block: Int = 2, time: Double? = nil,
    pool: FeaturePool = .mean
  ) -> FeatureIdentity {
    FeatureIdentity(
      weights: weights, kind: time == nil ? "maskedAutoencoder" : "textToVideo", block: block, depth: 3,
      time: time,
      readsCaptions: time.map { _ in true }, pool: pool,
      clipShape: ClipShape(frames: 4, height: 16, width: 16, frameRate: 12.5))
  }

  static func origin(list: String = "list", shard: FeatureShard = .whole) -> FeatureOrigin {
    FeatureOrigin(manifest: "\(list).csv", listHash: list, labelHash: "labels", shard: shard)
  }

  /// Clips of rows with labels.
  static func vectors(
    _ rows: [(label: String?, values: [Float])], identity: FeatureIdentity = identity(),
    list: String = "list",
    first: Int = 0
  ) -> ClipFeatures {
    ClipFeatures(
      identity: identity, origin: origin(list: list),
      clips: rows.enumerated().map { place, row in
        ClipFeatures.Clip(place: first + place, name: "\(list)/\(first + place).mp4", label: row.label)
      }, tokens: 1, width: rows.first?.values.count ?? 2, values: rows.flatMap(\.values))
  }

  static func set(_ rows: [(label: String?, values: [Float])], list: String = "list") throws -> FeatureSet {
    try FeatureSet([("\(list).h5", vectors(rows, list: list))])
  }
}

/// The words of what is thrown; empty if nothing is.
func words<Result>(of body: () throws -> Result) -> String {
  do {
    _ = try body()
    return ""
  } catch {
    return "\(error)"
  }
}
