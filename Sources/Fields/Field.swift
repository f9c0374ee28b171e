/// One key of an object: everything that is known of it. Reading, `--set`, the reference and the JSON Schema
/// all go by it.
package struct Field: Equatable, Sendable {
  package enum Presence: Equatable, Sendable {
    case required
    /// May be left out, and then there is none.
    case optional
    /// May be left out, and then has this value.
    case standard(JSON)
    /// May be left out, and then has a value that follows from other fields; `from` says how.
    case derived(JSON, from: String)
  }

  package let key: String
  package let kind: Kind
  package let presence: Presence
  /// One sentence, with the unit.
  package let meaning: String

  package init(key: String, kind: Kind, presence: Presence, meaning: String) {
    self.key = key
    self.kind = kind
    self.presence = presence
    self.meaning = meaning
  }

  /// The value when the key is left out.
  package var standard: JSON? {
    switch presence {
    case .required, .optional: nil
    case .standard(let json), .derived(let json, from: _): json
    }
  }

  /// The field at a path below this one, nil when there is none.
  package func field(at path: some Collection<String>) -> Field? {
    guard let key = path.first else { return self }
    guard case .object(let fields) = kind else { return nil }
    return fields.first { $0.key == key }?.field(at: path.dropFirst())
  }

  /// The paths of all keys below this one that are no objects, in the order of declaration.
  package var leafPaths: [String] {
    guard case .object(let fields) = kind else { return [key] }
    return fields.flatMap(\.leafPaths).map { key.isEmpty ? $0 : "\(key).\($0)" }
  }

  /// Where a key stands in this object or in one inside it; of several that is required, or else the first.
  package func place(of key: String) -> String? {
    let paths = leafPaths.filter { $0.hasSuffix(".\(key)") }
    let required = paths.first { field(at: $0.split(separator: ".").map(String.init))?.presence == .required }
    return required ?? paths.first
  }
}
