import Foundation

/// Too many clips of a manifest cannot be read.
public struct BadClipsError: Error, Sendable, CustomStringConvertible {
  /// How many different clips could not be read so far.
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
      "\(bad) of the \(count) clips of \(manifest) cannot be read\(listed): \(share), where \(allowed) are"
      + " tolerated.\(reasons)\n\(remedy)"
  }
}
