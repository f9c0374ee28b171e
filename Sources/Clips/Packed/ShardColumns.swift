import Foundation
import HDF5

/// Columns of a shard by their names, one value a clip or a frame.
///
/// Texts lie one after the other in a dataset of bytes beside one of their ends.
struct ShardColumns {
  let reader: HDF5Reader

  init(_ reader: HDF5Reader) { self.reader = reader }

  let disorder = HDF5Reader.Refusal(reason: "its tables do not fit together")

  func doubles(_ path: String) throws -> [Double] { try values(path, .float64, 0) }

  func integers(_ path: String) throws -> [Int] { try values(path, .int64, 0) }

  func texts(_ path: String) throws -> [String] {
    let bytes: [UInt8] = try values(path, .uint8, 0)
    var start = 0
    return try integers(path + "_ends").map { end in
      guard start <= end, end <= bytes.count else { throw disorder }
      defer { start = end }
      return String(decoding: bytes[start..<end], as: UTF8.self)
    }
  }

  func json<Value: Decodable>(_ text: String) throws -> Value {
    do {
      return try JSONDecoder().decode(Value.self, from: Data(text.utf8))
    } catch {
      throw disorder
    }
  }

  private func values<Value>(
    _ path: String, _ element: HDF5Reader.Element, _ zero: Value
  ) throws -> [Value] {
    guard let dataset = reader.datasets[path], dataset.element == element, dataset.shape.count == 1 else {
      throw HDF5Reader.Refusal(reason: "it has no table \(path)")
    }
    var values = [Value](repeating: zero, count: dataset.count)
    try values.withUnsafeMutableBytes { try reader.read(path, as: element, into: $0.baseAddress) }
    return values
  }
}
