import ClipIndexing
import Foundation

/// What a span must be like to be kept; the recipe's section `curation` declares the same with its defaults.
public struct CurationLimits: Sendable, Equatable {
  /// Keep clips that decode with complaints.
  public var keepDamaged: Bool
  /// The shortest span, and the longest before it is cut into equal pieces, in seconds.
  public var minSeconds: Double, maxSeconds: Double
  /// The largest shares of a span that may be black, and in which nothing changes.
  public var maxBlack: Double, maxFrozen: Double
  /// The largest share of the picture that bars may cover.
  public var maxLetterbox: Double
  /// The least mean brightness, 0 to 1.
  public var minBrightness: Double
  /// The least and the most motion, in sides of the picture a second.
  public var minMotion: Double, maxMotion: Double
  /// The least variance of the Laplacian.
  public var minSharpness: Double
  /// In how many of 64 bits the hashes of near duplicates may differ; below zero all are kept.
  public var duplicateDistance: Int

  /// All limits.
  public init(
    keepDamaged: Bool, minSeconds: Double, maxSeconds: Double, maxBlack: Double, maxFrozen: Double,
    maxLetterbox: Double, minBrightness: Double, minMotion: Double, maxMotion: Double, minSharpness: Double,
    duplicateDistance: Int
  ) {
    self.keepDamaged = keepDamaged
    self.minSeconds = minSeconds
    self.maxSeconds = maxSeconds
    self.maxBlack = maxBlack
    self.maxFrozen = maxFrozen
    self.maxLetterbox = maxLetterbox
    self.minBrightness = minBrightness
    self.minMotion = minMotion
    self.maxMotion = maxMotion
    self.minSharpness = minSharpness
    self.duplicateDistance = duplicateDistance
  }
}

extension CurationLimits {
  /// Why a span is not to be kept as far as its own measures tell; nil when it is.
  func drop(_ span: Shot.Span, of shot: Shot) -> CuratedSpan.Drop? {
    let seconds = span.end - span.start
    func share(_ parts: [Shot.Span]) -> Double {
      seconds > 0 ? parts.reduce(0) { $0 + $1.overlap(span) } / seconds : 0
    }
    // Times are kept to millionths of a second.
    return below("minSeconds", minSeconds, "length", seconds + 1e-6, unit: " s")
      ?? above("maxBlack", maxBlack, "black share", share(shot.black))
      ?? above("maxFrozen", maxFrozen, "frozen share", share(shot.frozen))
      ?? above("maxLetterbox", maxLetterbox, "share of bars", shot.bars.area)
      ?? below("minBrightness", minBrightness, "brightness", shot.brightness)
      ?? shot.motion.flatMap { below("minMotion", minMotion, "motion", $0) }
      ?? shot.motion.flatMap { above("maxMotion", maxMotion, "motion", $0) }
      ?? below("minSharpness", minSharpness, "sharpness", shot.sharpness)
  }

  private func below(
    _ key: String, _ limit: Double, _ name: String, _ value: Double, unit: String = ""
  ) -> CuratedSpan.Drop? {
    value < limit
      ? .init(
        rule: key,
        reason: "\(name) \(short(value))\(unit) is below curation.\(key) \(short(limit))\(unit)") : nil
  }

  private func above(_ key: String, _ limit: Double, _ name: String, _ value: Double) -> CuratedSpan.Drop? {
    value > limit
      ? .init(rule: key, reason: "\(name) \(short(value)) is above curation.\(key) \(short(limit))") : nil
  }

  /// Four figures, as many as matter.
  private func short(_ value: Double) -> String { String(format: "%.4g", value) }
}
