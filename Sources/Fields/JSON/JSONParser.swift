/// What makes a text no JSON, and at which byte.
package struct JSONSyntaxError: Error, Equatable {
  package let offset: Int
  package let message: String
}

/// Reads JSON as RFC 8259 has it and nothing more: no comments, trailing commas, single quotes or NaN. Every
/// key and value keeps its place. The first mistake in syntax ends the reading; repeated keys are gathered,
/// and the first one counts.
package struct JSONParser {
  /// The longest text that is read, in bytes.
  package static let sizeLimit = 1 << 20
  /// How deep lists and objects may be nested.
  package static let depthLimit = 64

  /// The path and place of each key that its object already had.
  private(set) var repeatedKeys: [(path: String, place: Place)] = []
  /// The bytes, and how far they are read; `JSONParser+Scalars` reads on from here.
  package let bytes: [UInt8]
  package var index = 0
  private let place: (Int) -> Place

  /// A parser over UTF-8 bytes; `place` turns a byte's offset into the place to remember.
  package init(_ bytes: [UInt8], place: @escaping (Int) -> Place) {
    self.bytes = bytes
    self.place = place
  }

  /// Reads the whole text as one value.
  package mutating func document() throws(JSONSyntaxError) -> JSON {
    guard bytes.count <= JSONParser.sizeLimit else {
      throw error(at: 0, "the text is longer than 1 MB; a recipe is a short text, is this the right file?")
    }
    try skipSpace()
    guard index < bytes.count else {
      throw error(at: index, "the text is empty; a recipe is one JSON object, { … }")
    }
    let document = try value(path: "", depth: 0)
    try skipSpace()
    guard index == bytes.count else {
      throw error(at: index, "expected the end of the text after the last brace, found \(found)")
    }
    return document
  }

  private mutating func value(path: String, depth: Int) throws(JSONSyntaxError) -> JSON {
    let start = index
    guard depth < JSONParser.depthLimit else {
      throw error(at: start, "lists and objects are nested deeper than \(JSONParser.depthLimit) levels")
    }
    let value: JSON.Value =
      switch next {
      case UInt8(ascii: "{"): try object(path: path, depth: depth)
      case UInt8(ascii: "["): try list(path: path, depth: depth)
      case UInt8(ascii: "\""): .string(try string())
      case .some(let byte) where byte == UInt8(ascii: "-") || isDigit(byte): try number()
      default: try word()
      }
    return JSON(value, at: place(start))
  }

  private mutating func object(path: String, depth: Int) throws(JSONSyntaxError) -> JSON.Value {
    index += 1
    var members: [JSON.Member] = []
    var keys: Set<String> = []
    try skipSpace()
    if next == UInt8(ascii: "}") {
      index += 1
      return .object([])
    }
    while true {
      let start = index
      guard next == UInt8(ascii: "\"") else {
        throw error(at: index, "expected a key in double quotes, found \(found)")
      }
      let key = try string()
      let keyPath = path.appending(key: key)
      try skipSpace()
      guard next == UInt8(ascii: ":") else {
        throw error(at: index, "expected ':' after the key \(JSON.quoted(key.shortened)), found \(found)")
      }
      index += 1
      try skipSpace()
      let value = try value(path: keyPath, depth: depth + 1)
      if keys.insert(key).inserted {
        members.append(JSON.Member(key: key, place: place(start), value: value))
      } else {
        repeatedKeys.append((keyPath, place(start)))
      }
      if try ends(with: "}", after: "the value of \(JSON.quoted(key.shortened))") { return .object(members) }
    }
  }

  private mutating func list(path: String, depth: Int) throws(JSONSyntaxError) -> JSON.Value {
    index += 1
    var elements: [JSON] = []
    try skipSpace()
    if next == UInt8(ascii: "]") {
      index += 1
      return .list([])
    }
    while true {
      elements.append(try value(path: "\(path)[\(elements.count)]", depth: depth + 1))
      if try ends(with: "]", after: "value \(elements.count) of the list") { return .list(elements) }
    }
  }

  /// Steps over the comma after a value (false) or the bracket that closes the list or object (true).
  private mutating func ends(with close: Unicode.Scalar, after what: String) throws(JSONSyntaxError) -> Bool {
    try skipSpace()
    if next == UInt8(ascii: close) {
      index += 1
      return true
    }
    guard next == UInt8(ascii: ",") else {
      throw error(at: index, "expected ',' or '\(close)' after \(what), found \(found)")
    }
    let comma = index
    index += 1
    try skipSpace()
    guard next != UInt8(ascii: close) else {
      throw error(at: comma, "remove this comma: JSON has none between \(what) and '\(close)'")
    }
    return false
  }

  private mutating func skipSpace() throws(JSONSyntaxError) {
    while let byte = next, [0x20, 0x0A, 0x0D, 0x09].contains(byte) { index += 1 }
    if next == UInt8(ascii: "/") || next == UInt8(ascii: "#") {
      throw error(at: index, "JSON has no comments; put remarks under the key \"notes\"")
    }
  }
}

extension String {
  /// The path of a key inside the object at this path; a key that is no plain word stands in quotes.
  package func appending(key: String) -> String {
    let isWord =
      !key.isEmpty && key.utf8.count <= 60
      && key.unicodeScalars.allSatisfy {
        $0.isASCII && ($0.properties.isAlphabetic || "0123456789_$-".unicodeScalars.contains($0))
      }
    let shown = isWord ? key : JSON.quoted(key.shortened)
    return isEmpty ? shown : self + "." + shown
  }
}
