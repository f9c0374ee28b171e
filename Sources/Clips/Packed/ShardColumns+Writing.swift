import Foundation
import HDF5

extension ShardColumns {
  /// A value as JSON; equal values give equal texts.
  static func json(_ value: some Encodable) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(value), as: UTF8.self)
  }
}

/// The columns of a shard, in pieces that are checked each for itself.
extension HDF5Writer {
  /// The values in one piece of a column, at most.
  private static let piece = 1 << 16

  private mutating func write<Value>(
    _ element: HDF5Reader.Element, _ values: [Value], _ path: String
  ) throws {
    try values.withUnsafeBytes { bytes in
      _ = try write(
        element, path, shape: [values.count],
        layout: values.isEmpty ? nil : .checked(piece: [min(values.count, Self.piece)]),
        values: values.isEmpty ? nil : bytes.baseAddress)
    }
  }

  mutating func write(_ values: [Int], _ path: String) throws { try write(.int64, values, path) }

  mutating func write(_ values: [Double], _ path: String) throws { try write(.float64, values, path) }

  mutating func write(_ texts: [String], _ path: String) throws {
    var (bytes, ends) = ([UInt8](), [Int]())
    for text in texts {
      bytes += text.utf8
      ends.append(bytes.count)
    }
    try write(.uint8, bytes, path)
    try write(ends, path + "_ends")
  }
}
