import ClipIndexing
import Manifests

/// A piece of a clip that curation keeps or drops.
public struct CuratedSpan: Sendable, Equatable {
  /// Why a piece is dropped.
  public struct Drop: Sendable, Equatable {
    /// The limit that decided, by its key in the recipe's section `curation`, or "unreadable", or "unusable" for one
    /// that gives no sample.
    public let rule: String
    /// The reason in words, with value and limit.
    public let reason: String
  }

  /// The manifest's entry that it is a piece of.
  public let entry: ClipEntry
  /// Where it lies, in seconds after the first shown frame.
  public let span: Shot.Span
  /// The shot that it lies in; nil when nothing of the clip decodes.
  public let shot: Shot?
  /// Why it is dropped; nil when it is kept.
  public internal(set) var drop: Drop?

  /// How many seconds it lasts.
  public var seconds: Double { span.end - span.start }
}
