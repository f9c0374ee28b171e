import Foundation
import Manifests

/// Of too many clips of a manifest no sample can be made.
public struct BadClipsError: Error, Sendable, CustomStringConvertible {
  /// How many clips are named.
  static let shown = 5

  /// How many clips gave no sample so far.
  public let bad: Int
  /// How many clips the manifest has.
  public let count: Int
  /// The share of bad clips that was to be tolerated.
  public let tolerance: Double
  /// The manifest.
  public let manifest: String
  /// Where the bad clips are listed, if anywhere.
  public let quarantinePath: String?
  /// The first bad clips.
  public let first: [BadClip]

  /// The error if so many of a manifest's clips are more than may be bad.
  public init?(
    _ bad: Int, of manifest: Manifest, tolerance: BadClipTolerance, first: [BadClip],
    quarantinePath: String? = nil
  ) {
    guard bad > tolerance.allowed(of: manifest.count) else { return nil }
    self.init(
      bad: bad, count: manifest.count, tolerance: tolerance.share, manifest: manifest.path,
      quarantinePath: quarantinePath, first: first)
  }

  init(
    bad: Int, count: Int, tolerance: Double, manifest: String, quarantinePath: String?, first: [BadClip]
  ) {
    (self.bad, self.count, self.tolerance) = (bad, count, tolerance)
    (self.manifest, self.quarantinePath, self.first) = (manifest, quarantinePath, first)
  }

  /// Counts, the first reasons, and the remedy.
  public var description: String {
    let share = String(format: "%.3g %%", 100 * Double(bad) / Double(count))
    let allowed = String(format: "%.3g %%", 100 * tolerance)
    let listed = quarantinePath.map { " (listed in \($0))" } ?? ""
    let reasons =
      first.map { "\n  \($0)" }.joined() + (bad > first.count ? "\n  and \(bad - first.count) more" : "")
    let remedy =
      bad == count
      ? "No clip is left to train on: mend the clips, or name another manifest."
      : "Mend or remove these clips, or raise data.badClipTolerance."
    return
      "\(bad) of the \(count) clips of \(manifest) cannot be used\(listed): \(share), where \(allowed) are"
      + " tolerated.\(reasons)\n\(remedy)"
  }
}
