/// Declarations that give plain Swift values.
extension Section {
  /// Without a default the field is required; `from` says in the reference where a default comes from that is
  /// not fixed.
  func integer(
    _ key: String, _ range: ClosedRange<Int>, default standard: Int? = nil, from source: String? = nil,
    _ meaning: String
  ) -> Int {
    value(key, .integer(range), presence(standard.map { JSON(.integer($0)) }, source), meaning).integer
  }

  func number(_ key: String, _ bounds: Bounds, default standard: Double? = nil, _ meaning: String) -> Double {
    value(key, .number(bounds), presence(standard.map { JSON(.number($0)) }), meaning).number
  }

  func flag(_ key: String, default standard: Bool, _ meaning: String) -> Bool {
    value(key, .flag, .standard(JSON(.flag(standard))), meaning).value == .flag(true)
  }

  /// A string that is required and not empty.
  func string(_ key: String, _ meaning: String) -> String {
    value(key, .string(mayBeEmpty: false), .required, meaning).string
  }

  func optionalString(_ key: String, _ meaning: String) -> String? {
    optionalValue(key, .string(mayBeEmpty: false), .optional, meaning)?.string
  }

  func choice<Name: RawRepresentable<String> & CaseIterable>(
    _ key: String, default standard: Name, _ meaning: String
  ) -> Name {
    let names = Name.allCases.map(\.rawValue)
    let name = value(key, .choice(names), .standard(JSON(.string(standard.rawValue))), meaning).string
    return Name(rawValue: name) ?? standard
  }

  /// A list of exactly as many integers as its default has.
  func integers(_ key: String, _ range: ClosedRange<Int>, default standard: [Int], _ meaning: String) -> [Int]
  {
    list(key, .integer(range), standard.map { JSON(.integer($0)) }, meaning).map(\.integer)
  }

  /// A list of exactly as many numbers as its default has.
  func numbers(_ key: String, _ bounds: Bounds, default standard: [Double], _ meaning: String) -> [Double] {
    list(key, .number(bounds), standard.map { JSON(.number($0)) }, meaning).map(\.number)
  }

  /// A list of strings, none by default.
  func strings(_ key: String, atMost limit: Int, _ meaning: String) -> [String] {
    value(key, .list(of: .string(mayBeEmpty: true), count: 0...limit), .standard(JSON(.list([]))), meaning)
      .list.map(
        \.string)
  }

  private func list(_ key: String, _ kind: Kind, _ standard: [JSON], _ meaning: String) -> [JSON] {
    let count = standard.count...standard.count
    return value(key, .list(of: kind, count: count), .standard(JSON(.list(standard))), meaning).list
  }

  private func presence(_ standard: JSON?, _ source: String? = nil) -> Field.Presence {
    guard let standard else { return .required }
    return source.map { .derived(standard, from: $0) } ?? .standard(standard)
  }
}

/// What a value is after its kind has been checked: asking for another is a mistake in a declaration.
extension JSON {
  var integer: Int {
    guard case .integer(let integer) = value else { preconditionFailure("\(inWords) is no integer") }
    return integer
  }

  var number: Double {
    guard case .number(let number) = value else { preconditionFailure("\(inWords) is no number") }
    return number
  }

  var string: String {
    guard case .string(let string) = value else { preconditionFailure("\(inWords) is no string") }
    return string
  }

  var list: [JSON] {
    guard case .list(let elements) = value else { preconditionFailure("\(inWords) is no list") }
    return elements
  }
}
