/// What a file is of its checkpoint.
enum FileRole: Equatable {
  /// All of it.
  case whole
  /// The file that has the checkpoint's name, beside which its other parts lie.
  case first(parts: [PartReference])
  /// One of the other parts; `checkpoint` is the name of the first.
  case part(of: String)

  /// The latest version of the format that can be read.
  static let latestVersion = 2

  /// The version of the format that the file is written in. Programs that know the first one alone know no parts, and say
  /// that they are to be updated.
  var version: Int { self == .whole ? 1 : 2 }

  /// What the file says of itself in attributes of the format's own.
  func attributes(for contents: CheckpointContents) -> [String: Attribute] {
    let pieces = PieceList.text(of: contents)
    var attributes: [String: Attribute] = [:]
    switch self {
    case .whole: precondition(pieces.isEmpty, "pieces of tensors are saved together with the others")
    case .first(let parts): attributes[FormatAttribute.parts] = .text(PartReference.text(of: parts))
    case .part(let checkpoint): attributes[FormatAttribute.partOf] = .text(checkpoint)
    }
    if !pieces.isEmpty { attributes[FormatAttribute.pieces] = .text(pieces) }
    return attributes
  }

  /// What a file at `path` says of itself.
  /// - Throws: `CheckpointError.refused` when that makes no sense.
  init(_ attributes: [String: Attribute], path: String) throws(CheckpointError) {
    if case .text(let checkpoint) = attributes[FormatAttribute.partOf] {
      self = .part(of: checkpoint)
    } else if case .text(let parts) = attributes[FormatAttribute.parts] {
      self = .first(parts: try PartReference.list(parts, path: path))
    } else {
      self = attributes[FormatAttribute.pieces] == nil ? .whole : .first(parts: [])
    }
  }
}
