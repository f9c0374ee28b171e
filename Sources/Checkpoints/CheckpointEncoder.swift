import Foundation
import HDF5

/// Builds the HDF5 file of some contents in memory.
///
/// Every dataset carries HDF5's Fletcher checksum and no object carries a time, so equal contents give equal bytes.
enum CheckpointEncoder {
  /// The floats in one separately checksummed piece of a dataset, at most.
  private static let chunk = 1 << 20

  /// The file of `contents`, with `userBlock` zeros in front of it.
  static func encode(
    _ contents: CheckpointContents, as role: FileRole = .whole, userBlock: Int
  ) throws -> FileImage {
    checkNames(contents)
    return try HDF5Writer.image(userBlock: userBlock, expecting: contents.byteCount) { writer in
      try write(contents, role, &writer)
    }
  }

  private static func write(_ contents: CheckpointContents, _ role: FileRole, _ writer: inout HDF5Writer)
    throws
  {
    try writer.write(.integer(role.version), attribute: FormatAttribute.version)
    let attributes = contents.attributes.merging(role.attributes(for: contents)) { _, own in own }
    for name in attributes.keys.inByteOrder() { try writer.write(attributes[name]!, attribute: name) }
    for group in contents.groups.keys.inByteOrder() {
      try writer.makeGroup(group)
      let tensors = contents.groups[group]!
      for tensor in tensors.sorted(by: { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }) {
        try write(tensor, in: group, &writer)
      }
    }
  }

  private static func write(
    _ tensor: TensorRecord, in group: String, _ writer: inout HDF5Writer
  ) throws {
    let path = group + "/" + tensor.name.replacingOccurrences(of: ".", with: "/")
    let layout: HDF5Writer.Layout? =
      tensor.shape.isEmpty
      ? .compact : tensor.values.isEmpty ? nil : .checked(piece: chunkShape(tensor.storedShape))
    try writer.write(
      .float32, path, shape: tensor.storedShape, layout: layout,
      values: tensor.values.isEmpty ? nil : UnsafeRawPointer(tensor.values.baseAddress))
  }

  /// Halves the outermost axes until a piece is small enough.
  private static func chunkShape(_ shape: [Int]) -> [Int] {
    var piece = shape
    var axis = 0
    while piece.reduce(1, *) > chunk {
      if piece[axis] == 1 { axis += 1 } else { piece[axis] = (piece[axis] + 1) / 2 }
    }
    return piece
  }

  /// Names are chosen by programs, not by users: a wrong one is a mistake in the program.
  private static func checkNames(_ contents: CheckpointContents) {
    for (name, value) in contents.attributes {
      precondition(!FormatAttribute.all.contains(name), "the attribute \(name) is the format's own")
      precondition(!name.isEmpty && !name.utf8.contains(0), "an attribute needs a name without NUL")
      if case .text(let text) = value {
        precondition(!text.utf8.contains(0), "the attribute \(name) holds a NUL character")
      }
    }
    for (group, tensors) in contents.groups {
      precondition(
        !group.isEmpty && !group.contains("/") && !group.contains("."), "bad group name '\(group)'")
      for tensor in tensors where tensor.piece != nil {
        precondition(
          !"\(group)\(tensor.name)".contains(where: \.isWhitespace),
          "a space in the name of a piece, '\(tensor.name)'")
      }
      let names = Set(tensors.map(\.name))
      precondition(names.count == tensors.count, "two tensors of \(group) have the same name")
      for name in names {
        let parts = name.split(separator: ".", omittingEmptySubsequences: false)
        precondition(
          parts.allSatisfy { !$0.isEmpty && !$0.contains("/") && !$0.utf8.contains(0) },
          "bad tensor name '\(name)'")
        for length in 1..<parts.count {
          let above = parts[..<length].joined(separator: ".")
          precondition(!names.contains(above), "\(group): '\(above)' is a tensor and a folder of '\(name)'")
        }
      }
    }
  }
}
