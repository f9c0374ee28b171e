import Foundation
import HDF5

/// HDF5: datasets in pieces, each with HDF5's own checksum, and attributes of the root.
extension StoredArrays {
  /// The most bytes of a piece.
  private static let pieceBytes = 1 << 20
  private static let signature: [UInt8] = [0x89, 0x48, 0x44, 0x46, 0x0D, 0x0A, 0x1A, 0x0A]

  /// Whether bytes begin as such a file does.
  static func isHDF5(_ bytes: Data) -> Bool { bytes.starts(with: signature) }

  /// The file, built in memory.
  func hdf5() throws -> FileImage {
    let bytes = arrays.values.reduce(0) { $0 + $1.values.withUnsafeBytes { $0.count } }
    return try HDF5Writer.image(expecting: bytes) { writer in
      for name in arrays.keys.sorted(by: Self.inByteOrder) {
        let array = arrays[name]!
        try array.values.withUnsafeBytes {
          _ = try writer.write(
            array.values.element, name, shape: array.shape,
            layout: .checked(piece: Self.piece(of: array.shape, bytes: $0.count)), values: $0.baseAddress)
        }
      }
      for name in attributes.keys.sorted(by: Self.inByteOrder) {
        try writer.write(attributes[name]!, attribute: name)
      }
    }
  }

  /// Whole rows of the first axis.
  private static func piece(of shape: [Int], bytes: Int) -> [Int] {
    let row = max(1, bytes / shape[0])
    return [min(shape[0], max(1, pieceBytes / row))] + shape[1...]
  }

  /// Reads a file.
  /// - Throws: `Trouble`.
  init(hdf5 bytes: Data) throws {
    guard let image = FileImage(count: bytes.count) else {
      throw Trouble.other("its \(bytes.count) bytes do not fit in memory")
    }
    bytes.copyBytes(to: image.bytes)
    do {
      let reader = try HDF5Reader(
        image, elements: [.uint8, .int64, .float32, .float64], anyAttributes: true)
      attributes = reader.attributes
      for (name, dataset) in reader.datasets where dataset.count > 0 {
        arrays[name] = Entry(
          shape: dataset.shape,
          values: try Values(dataset.element, count: dataset.count) {
            try reader.read(name, as: dataset.element, into: $0.baseAddress)
          })
      }
    } catch let failure as HDF5.Failure {
      throw Trouble.damaged(failure.description)
    } catch let refusal as HDF5Reader.Refusal {
      throw Trouble.other(refusal.reason)
    }
  }
}
