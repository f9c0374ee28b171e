/// Where something was written: a byte of the recipe's file, or a `--set` on the command line.
package enum Place: Equatable, Sendable {
  case file(offset: Int)
  /// The whole text after `--set`, for example `training.steps=100`.
  case setting(String)
}

/// A JSON value that remembers where it was written. Two values are equal when they say the same, wherever
/// they stand.
package struct JSON: Equatable, Sendable {
  package enum Value: Equatable, Sendable {
    case null
    case flag(Bool)
    case integer(Int)
    case number(Double)
    case string(String)
    case list([JSON])
    case object([Member])
  }

  /// One `"key": value` of an object; members keep the order they were written in.
  package struct Member: Equatable, Sendable {
    package var key: String
    /// Where the key begins.
    package var place: Place?
    package var value: JSON

    package init(key: String, place: Place? = nil, value: JSON) {
      self.key = key
      self.place = place
      self.value = value
    }

    package static func == (left: Member, right: Member) -> Bool {
      left.key == right.key && left.value == right.value
    }
  }

  package var value: Value
  /// Where the value begins; nil for a value that nobody wrote, such as a default.
  package var place: Place?

  package init(_ value: Value, at place: Place? = nil) {
    self.value = value
    self.place = place
  }

  package static func == (left: JSON, right: JSON) -> Bool { left.value == right.value }
}

extension JSON {
  /// The member of that name, or nil when this is no object or has none.
  package subscript(key: String) -> JSON? {
    guard case .object(let members) = value else { return nil }
    return members.first { $0.key == key }?.value
  }

  /// What the value is, in words for a message: `the string "eight"`, `a list of 2 values`, `12`.
  package var inWords: String {
    switch value {
    case .null, .flag, .integer, .number: text
    case .string(let string): "the string " + JSON.quoted(string.shortened)
    case .list(let elements): "a list of \(elements.count) value\(elements.count == 1 ? "" : "s")"
    case .object: "an object"
    }
  }
}

extension String {
  /// The string, cut after 60 characters so that a message stays one line.
  package var shortened: String { count > 60 ? prefix(57) + "..." : self }
}

extension JSON: ExpressibleByStringLiteral {
  package init(stringLiteral string: String) { self.init(.string(string)) }
}
