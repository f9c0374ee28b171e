/// Walks over JSON (RFC 8259, strictly) and makes only the values that are asked for: manifests have millions
/// of short objects, and a tree of each would cost more than all the rest of reading them.
///
/// Refused besides broken syntax: a key twice in an object, NUL in a string, numbers that are not finite, and
/// more than 64 levels.
struct JSONScanner {
  /// How deep lists and objects may be nested.
  static let depthLimit = 64

  let bytes: UnsafeRawBufferPointer
  /// The next byte to read.
  var index: Int
  let end: Int
  private var depth = 0

  /// A scanner of a piece of some bytes, which must outlive it.
  init(_ bytes: UnsafeRawBufferPointer, in range: Range<Int>) {
    self.bytes = bytes
    index = range.lowerBound
    start = range.lowerBound
    end = range.upperBound
  }

  /// A scanner of all of some bytes.
  init(_ bytes: UnsafeRawBufferPointer) { self.init(bytes, in: 0..<bytes.count) }

  private let start: Int

  /// The byte to be read next; nil at the end.
  var next: UInt8? { index < end ? bytes[index] : nil }

  func syntax(_ reason: String) -> JSONProblem { .syntax(reason, at: index - start) }

  /// Steps over white space.
  mutating func skipSpace() {
    while let byte = next, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { index += 1 }
  }

  /// Sees to it that nothing but white space follows.
  mutating func finish() throws(JSONProblem) {
    skipSpace()
    if index < end { throw syntax("something follows the end") }
  }

  /// An object that is being walked over: the keys so far.
  struct Members {
    /// With room for as many keys as rows usually have: to grow is to hash all again.
    fileprivate var keys = Set<String>(minimumCapacity: 8)
  }

  /// Whether an object comes next.
  var isAtObject: Bool { next == UInt8(ascii: "{") }
  /// Whether a list comes next.
  var isAtList: Bool { next == UInt8(ascii: "[") }
  /// Whether a string comes next.
  var isAtString: Bool { next == UInt8(ascii: "\"") }

  /// Whether a number comes next.
  var isAtNumber: Bool {
    next.map { $0 == UInt8(ascii: "-") || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) } ?? false
  }

  /// Enters the object that comes next.
  mutating func openObject() throws(JSONProblem) -> Members {
    try open()
    return Members()
  }

  /// Enters the list that comes next.
  mutating func openList() throws(JSONProblem) { try open() }

  private mutating func open() throws(JSONProblem) {
    guard depth < JSONScanner.depthLimit else {
      throw syntax("lists and objects are nested deeper than \(JSONScanner.depthLimit) levels")
    }
    depth += 1
    index += 1
    skipSpace()
  }

  /// Steps to the next member and over its key: its value is to be read or skipped then. Nil behind the last
  /// one.
  mutating func key(_ members: inout Members) throws(JSONProblem) -> String? {
    if try isClosed(by: UInt8(ascii: "}"), isFirst: members.keys.isEmpty) { return nil }
    guard isAtString else { throw syntax("a key in double quotes is missing") }
    let key = try string()
    guard members.keys.insert(key).inserted else {
      throw JSONProblem(text: "the key \(key) stands there twice")
    }
    skipSpace()
    guard next == UInt8(ascii: ":") else { throw syntax("a colon is missing") }
    index += 1
    skipSpace()
    return key
  }

  /// Steps to the next element of a list, which is to be read or skipped then; false behind the last one.
  mutating func element(isFirst: Bool) throws(JSONProblem) -> Bool {
    try !isClosed(by: UInt8(ascii: "]"), isFirst: isFirst)
  }

  private mutating func isClosed(by bracket: UInt8, isFirst: Bool) throws(JSONProblem) -> Bool {
    skipSpace()
    if next == bracket {
      index += 1
      depth -= 1
      return true
    }
    guard next != nil else { throw syntax("it ends too early") }
    if isFirst { return false }
    guard next == UInt8(ascii: ",") else { throw syntax("a comma or a closing bracket is missing") }
    index += 1
    skipSpace()
    if next == bracket { throw syntax("a comma stands before a closing bracket") }
    return false
  }

  /// Steps over any value.
  mutating func skipValue() throws(JSONProblem) {
    switch next {
    case UInt8(ascii: "{"):
      var members = try openObject()
      while try key(&members) != nil { try skipValue() }
    case UInt8(ascii: "["):
      try openList()
      var isFirst = true
      while try element(isFirst: isFirst) {
        try skipValue()
        isFirst = false
      }
    case UInt8(ascii: "\""): _ = try string()
    default: if isAtNumber { _ = try number() } else { try skipWord() }
    }
  }

  /// Steps over `null` if it comes next.
  mutating func skipsNull() throws(JSONProblem) -> Bool {
    guard next == UInt8(ascii: "n") else { return false }
    try skipWord()
    return true
  }

  private mutating func skipWord() throws(JSONProblem) {
    for word: StaticString in ["true", "false", "null"] {
      let length = word.utf8CodeUnitCount
      guard end - index >= length else { continue }
      let isHere = (0..<length).allSatisfy { bytes[index + $0] == word.utf8Start[$0] }
      if isHere {
        index += length
        return
      }
    }
    throw syntax(index < end ? "a value is missing" : "it ends too early")
  }
}
