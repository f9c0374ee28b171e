/// The names of the attributes that are the format's own; whoever saves has others.
enum FormatAttribute {
  /// The version of the format.
  static let version = "checkpointFormat"
  /// In the file of a checkpoint in parts: its other files (`PartReference`).
  static let parts = "checkpointParts"
  /// In one of those: the name of the checkpoint's file.
  static let partOf = "checkpointPartOf"
  /// The datasets that are pieces of tensors (`PieceList`).
  static let pieces = "checkpointPieces"

  static let all: Set = [version, parts, partOf, pieces]
}
