import HDF5
import Hashing

/// Named arrays and texts, as they lie in a file of either format.
struct StoredArrays: Equatable {
  /// The values of an array, by what they are.
  enum Values: Equatable {
    case bytes([UInt8]), integers([Int]), floats([Float]), doubles([Double])

    /// What a file calls them.
    var element: HDF5Reader.Element {
      switch self {
      case .bytes: .uint8
      case .integers: .int64
      case .floats: .float32
      case .doubles: .float64
      }
    }

    func withUnsafeBytes<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result {
      switch self {
      case .bytes(let values): try values.withUnsafeBytes(body)
      case .integers(let values): try values.withUnsafeBytes(body)
      case .floats(let values): try values.withUnsafeBytes(body)
      case .doubles(let values): try values.withUnsafeBytes(body)
      }
    }

    /// So many values that `fill` puts there.
    init(
      _ element: HDF5Reader.Element, count: Int, fill: (UnsafeMutableRawBufferPointer) throws -> Void
    ) throws {
      func filled<Value>(_ zero: Value) throws -> [Value] {
        var values = [Value](repeating: zero, count: count)
        try values.withUnsafeMutableBytes(fill)
        return values
      }
      switch element {
      case .uint8: self = .bytes(try filled(0))
      case .int64: self = .integers(try filled(0))
      case .float32: self = .floats(try filled(0))
      case .float64: self = .doubles(try filled(0))
      }
    }
  }

  /// An array and its shape.
  struct Entry: Equatable {
    let shape: [Int]
    let values: Values
  }

  /// Why a file cannot be taken for arrays.
  enum Trouble: Error {
    /// It is something else.
    case other(String)
    /// It was whole once.
    case damaged(String)
  }

  /// The arrays; none of them is empty.
  var arrays: [String: Entry] = [:]
  /// Short texts and numbers beside them.
  var attributes: [String: HDF5Attribute] = [:]

  /// One SHA-256 of all names, texts, shapes and values, in byte order of the names: the same in both formats.
  var digest: String {
    var hash = SHA256()
    for name in attributes.keys.sorted(by: Self.inByteOrder) {
      hash.update(name)
      hash.update(attributes[name]!.words)
    }
    for name in arrays.keys.sorted(by: Self.inByteOrder) {
      let array = arrays[name]!
      hash.update(name)
      hash.update(array.shape.count)
      for size in array.shape { hash.update(size) }
      array.values.withUnsafeBytes { hash.update($0) }
    }
    return hash.finish()
  }

  /// The order of names in files.
  static func inByteOrder(_ a: String, _ b: String) -> Bool { a.utf8.lexicographicallyPrecedes(b.utf8) }
}

extension HDF5Attribute {
  /// The value as text, which is all that safetensors keeps.
  var words: String {
    switch self {
    case .text(let text): text
    case .integer(let number): "\(number)"
    case .number(let number): "\(number)"
    }
  }
}
