/// Declarations that give plain Swift values.
extension Section {
  /// Reports the first of some keys of this object when the condition fails; says nothing while any of them is already
  /// known to be wrong.
  package func expect(
    _ condition: @autoclosure () -> Bool, of keys: String..., otherwise message: @autoclosure () -> String
  ) {
    reader.expect(condition(), of: keys.map { path.appending(key: $0) }, otherwise: message())
  }

  /// Without a default the field is required; `from` says in the reference where a default comes from that is
  /// not fixed.
  package func integer(
    _ key: String, _ range: ClosedRange<Int>, default standard: Int? = nil, from source: String? = nil,
    _ meaning: String
  ) -> Int {
    value(key, .integer(range), presence(standard.map { JSON(.integer($0)) }, source), meaning).integer
  }

  package func number(
    _ key: String, _ bounds: Bounds, default standard: Double? = nil, from source: String? = nil,
    _ meaning: String
  ) -> Double {
    value(key, .number(bounds), presence(standard.map { JSON(.number($0)) }, source), meaning).number
  }

  package func flag(
    _ key: String, default standard: Bool, from source: String? = nil, _ meaning: String
  ) -> Bool {
    value(key, .flag, presence(JSON(.flag(standard)), source), meaning).value == .flag(true)
  }

  /// A string that is not empty.
  package func string(_ key: String, default standard: String? = nil, _ meaning: String) -> String {
    value(key, .string(mayBeEmpty: false), presence(standard.map { JSON(.string($0)) }), meaning).string
  }

  package func optionalString(_ key: String, _ meaning: String) -> String? {
    optionalValue(key, .string(mayBeEmpty: false), .optional, meaning)?.string
  }

  package func choice<Name: RawRepresentable<String> & CaseIterable>(
    _ key: String, default standard: Name, _ meaning: String
  ) -> Name {
    let names = Name.allCases.map(\.rawValue)
    let name = value(key, .choice(names), .standard(JSON(.string(standard.rawValue))), meaning).string
    return Name(rawValue: name) ?? standard
  }

  /// One of some names, each with what it stands for; the first `Value` of the default's name is the default.
  package func choice<Value>(
    _ key: String, default standard: String, among values: KeyValuePairs<String, Value>, _ meaning: String
  ) -> Value {
    let name = choice(key, default: standard, among: values.map(\.key), meaning)
    return values.first { $0.key == name }!.value
  }

  /// One of some names.
  package func choice(_ key: String, default standard: String, among names: [String], _ meaning: String)
    -> String
  {
    value(key, .choice(names), .standard(JSON(.string(standard))), meaning).string
  }

  /// A list of exactly as many integers as its default has.
  package func integers(_ key: String, _ range: ClosedRange<Int>, default standard: [Int], _ meaning: String)
    -> [Int]
  {
    list(key, .integer(range), standard.map { JSON(.integer($0)) }, meaning).map(\.integer)
  }

  /// A list of exactly as many numbers as its default has.
  package func numbers(_ key: String, _ bounds: Bounds, default standard: [Double], _ meaning: String)
    -> [Double]
  {
    list(key, .number(bounds), standard.map { JSON(.number($0)) }, meaning).map(\.number)
  }

  /// Numbers by names of the user's own, in the order they are written; none by default.
  package func numbersByName(_ key: String, _ bounds: Bounds, _ meaning: String) -> [(
    key: String, value: Double
  )] {
    let json = value(key, .map(of: .number(bounds)), .standard(JSON(.object([]))), meaning)
    guard case .object(let members) = json.value else { return [] }
    return members.map { ($0.key, $0.value.number) }
  }

  /// A list of strings, none by default.
  package func strings(_ key: String, atMost limit: Int, _ meaning: String) -> [String] {
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
  package var integer: Int {
    guard case .integer(let integer) = value else { preconditionFailure("\(inWords) is no integer") }
    return integer
  }

  package var number: Double {
    guard case .number(let number) = value else { preconditionFailure("\(inWords) is no number") }
    return number
  }

  package var string: String {
    guard case .string(let string) = value else { preconditionFailure("\(inWords) is no string") }
    return string
  }

  package var list: [JSON] {
    guard case .list(let elements) = value else { preconditionFailure("\(inWords) is no list") }
    return elements
  }
}
