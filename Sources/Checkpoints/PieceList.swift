import Files

/// The list, in an attribute of a file, of those of its datasets that are pieces of tensors: a line each, with group, name,
/// the place of the first float, and the shape of the whole tensor: `firstMoment blocks.0.weight 1200 384 384`.
enum PieceList {
  /// The list for a file of `contents`; empty when all its tensors are whole.
  static func text(of contents: CheckpointContents) -> String {
    contents.groups.flatMap { group, tensors in
      tensors.compactMap { tensor -> String? in
        guard let piece = tensor.piece else { return nil }
        let numbers = [piece.lowerBound] + tensor.shape
        return "\(group) \(tensor.name) \(numbers.map(String.init).joined(separator: " "))"
      }
    }.inByteOrder().joined(separator: "\n")
  }

  /// Which floats of which tensors a file holds, by group and name.
  /// - Throws: `CheckpointError.refused` about the file at `path` when its list does not fit its datasets.
  static func stretches(
    of file: any CheckpointStorage, path: String
  ) throws(CheckpointError) -> [String: [String: TensorStretch]] {
    var stretches = file.shapes.mapValues { tensors in
      tensors.mapValues { TensorStretch(shape: $0, range: 0..<$0.reduce(1, *)) }
    }
    guard let list = file.attributes[FormatAttribute.pieces] else { return stretches }
    var seen: Set<Substring> = []
    for line in list.lines {
      let words = line.split(separator: " ", omittingEmptySubsequences: false)
      guard words.count >= 4, let stored = file.shapes[String(words[0])]?[String(words[1])],
        stored.count == 1,
        let piece = stretch(words.dropFirst(2), count: stored[0]),
        seen.insert(line[..<words[1].endIndex]).inserted
      else {
        throw CheckpointError.refused(
          path: path,
          reason:
            "the line '\(String(line).printable)' of its attribute \(FormatAttribute.pieces) fits no dataset")
      }
      stretches[String(words[0])]?[String(words[1])] = piece
    }
    return stretches
  }

  /// The stretch of `count` floats of which a line gives the first one's place and the whole shape; nil when there is none.
  private static func stretch(_ words: ArraySlice<Substring>, count: Int) -> TensorStretch? {
    let numbers = words.compactMap { Int($0) }
    let shape = Array(numbers.dropFirst())
    guard numbers.count == words.count, numbers[0] >= 0, count > 0, shape.count <= 8 else { return nil }
    var whole = 1
    for size in shape {
      let (product, overflows) = whole.multipliedReportingOverflow(by: size)
      guard size > 0, !overflows else { return nil }
      whole = product
    }
    guard count <= whole, numbers[0] <= whole - count else { return nil }
    return TensorStretch(shape: shape, range: numbers[0]..<numbers[0] + count)
  }
}

extension Attribute {
  /// The lines of a text; a single one for a number, which is none that a list can have.
  fileprivate var lines: [Substring] {
    switch self {
    case .text(let text): text.split(separator: "\n")
    case .integer(let number): ["\(number)"]
    case .number(let number): ["\(number)"]
    }
  }
}
