import Foundation
import HDF5

/// safetensors: the length of a header, the header as JSON, and the values without a hole between them. Attributes are
/// texts under `__metadata__`.
extension StoredArrays {
  private static let metadata = "__metadata__"
  /// The longest header that the format's own library takes.
  private static let longestHeader = 100_000_000

  /// The file, built in memory.
  func safetensors() throws -> [UInt8] {
    var (header, data): ([String: Any], [UInt8]) = ([:], [])
    // Values of eight bytes first, so that each array begins at a multiple of the size of its values.
    let names = arrays.keys.sorted {
      let (a, b) = (arrays[$0]!.values.element.byteCount, arrays[$1]!.values.element.byteCount)
      return a == b ? Self.inByteOrder($0, $1) : a > b
    }
    for name in names {
      let array = arrays[name]!
      let start = data.count
      array.values.withUnsafeBytes { data += $0 }
      header[name] = [
        "dtype": array.values.element.safetensorsName, "shape": array.shape,
        "data_offsets": [start, data.count],
      ]
    }
    header[Self.metadata] = attributes.mapValues(\.words)
    var text = [UInt8](
      try JSONSerialization.data(withJSONObject: header, options: [.sortedKeys, .withoutEscapingSlashes]))
    while text.count % 8 != 0 { text.append(UInt8(ascii: " ")) }
    return withUnsafeBytes(of: UInt64(text.count).littleEndian) { [UInt8]($0) } + text + data
  }

  /// Reads a file.
  /// - Throws: `Trouble`.
  init(safetensors bytes: Data) throws {
    guard bytes.count >= 8 else { throw Trouble.other("it is neither HDF5 nor safetensors") }
    let length = bytes.withUnsafeBytes { UInt64(littleEndian: $0.loadUnaligned(as: UInt64.self)) }
    guard length <= Self.longestHeader, Int(length) <= bytes.count - 8,
      let header = try? JSONSerialization.jsonObject(
        with: bytes[bytes.startIndex + 8..<bytes.startIndex + 8 + Int(length)]) as? [String: Any]
    else { throw Trouble.other("it is neither HDF5 nor safetensors") }
    let data = bytes.dropFirst(8 + Int(length))
    for (name, value) in header {
      if name == Self.metadata {
        attributes = (value as? [String: String] ?? [:]).mapValues { .text($0) }
      } else {
        arrays[name] = try Self.entry(name, value, data)
      }
    }
  }

  private static func entry(_ name: String, _ value: Any, _ data: Data) throws -> Entry {
    guard let value = value as? [String: Any], let type = value["dtype"] as? String,
      let shape = value["shape"] as? [Int], let offsets = value["data_offsets"] as? [Int], offsets.count == 2
    else { throw Trouble.damaged("the header says nothing sensible of \(name)") }
    guard let element = HDF5Reader.Element(safetensorsName: type) else {
      throw Trouble.other("\(name) holds numbers of type \(type)")
    }
    var count = 1
    for size in shape {
      let (product, overflow) = count.multipliedReportingOverflow(by: size)
      guard size > 0, !overflow else { throw Trouble.damaged("\(name) has an impossible shape") }
      count = product
    }
    let (start, end) = (offsets[0], offsets[1])
    guard start >= 0, start <= end, end <= data.count,
      (end - start).isMultiple(of: element.byteCount), (end - start) / element.byteCount == count
    else {
      throw Trouble.damaged("the values of \(name) do not lie in the file, which may have been cut off")
    }
    return Entry(
      shape: shape,
      values: try Values(element, count: count) {
        data[data.startIndex + start..<data.startIndex + end].copyBytes(to: $0)
      })
  }
}

extension HDF5Reader.Element {
  fileprivate var safetensorsName: String {
    switch self {
    case .uint8: "U8"
    case .int64: "I64"
    case .float32: "F32"
    case .float64: "F64"
    }
  }

  fileprivate init?(safetensorsName name: String) {
    guard let found = [Self.uint8, .int64, .float32, .float64].first(where: { $0.safetensorsName == name })
    else { return nil }
    self = found
  }
}
