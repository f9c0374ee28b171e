import Manifests
import Video

/// A clip that cannot be used, and why.
public struct BadClip: Error, Codable, Sendable, Equatable, CustomStringConvertible {
  /// The clip's file.
  public let path: String
  /// What was being done.
  public let stage: String
  /// Why it failed; libav's own words where it was libav that failed.
  public let reason: String
  /// The frame it happened at, if known.
  public let frame: Int?
  /// The time it happened at, in seconds after the first shown frame, if known.
  public let seconds: Double?

  init(_ entry: ClipEntry, stage: String, reason: String, frame: Int? = nil, seconds: Double? = nil) {
    path = entry.path
    self.stage = stage
    self.reason = reason
    self.frame = frame
    self.seconds = seconds
  }

  /// Path, stage and reason.
  public var description: String { "\(path): \(stage): \(reason)" }
}

extension BadClip {
  /// What an error of the video reader says of a clip.
  init(_ entry: ClipEntry, _ error: any Error) {
    if let error = error as? VideoError {
      self.init(
        entry, stage: error.stage.rawValue, reason: error.reason, frame: error.frame, seconds: error.seconds)
    } else {
      self.init(entry, stage: "reading", reason: "\(error)")
    }
  }
}
