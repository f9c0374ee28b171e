import Fields
import Manifests

/// Where the classes of clips come from.
public struct LabelsSection: Sendable, Equatable {
  /// The label of the manifest, or one of its attributes.
  public let source: LabelSource

  /// Declares `from`.
  public init(_ section: Section) {
    source = LabelSource(
      section.string(
        "from", default: "label",
        "What of the manifest says which class a clip is of: \"label\", or the name of an attribute (another column of "
          + "a CSV, or a text of a JSON line)."))
  }
}
