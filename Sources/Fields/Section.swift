/// One object of a recipe while it is read. A recipe's struct declares each of its fields once, in its
/// `init(_: Section)`:
///
///     frames = section.integer("frames", 1...1024, "Frames in a clip.")
///     workers = section.integer("workers", 1...64, default: 1, "Threads that decode clips.")
///
/// That one line reads and checks the value, adds the field to the table from which the reference and the
/// schema are written (`fields`), and adds its value, given or default, to the resolved recipe (`resolved`).
/// Reading an empty object is how the table is made: there is no second list.
public final class Section {
  /// The fields declared so far.
  package private(set) var fields: [Field] = []
  /// The values of the fields declared so far, those left to their defaults included.
  package private(set) var resolved: [JSON.Member] = []

  /// Gathers what is wrong.
  package let reader: RecipeReader
  /// Where this object lies, as in "data.limits"; empty for the whole recipe.
  package let path: String
  private let members: [JSON.Member]
  /// Where to point for a key that is missing.
  private let place: Place?
  /// Whether this, or an object around it, is no object at all; that is then the only complaint.
  private let isBroken: Bool

  /// Opens the object at a path; `json` is what was written there, nil if nothing was.
  package init(_ reader: RecipeReader, path: String = "", _ json: JSON?, inside parent: Section? = nil) {
    self.reader = reader
    self.path = path
    place = json?.place ?? parent?.place
    if case .object(let members) = json?.value {
      self.members = members
      isBroken = false
    } else {
      members = []
      isBroken = json != nil || parent?.isBroken == true
    }
    if let json, isBroken {
      reader.report(path, at: json.place, "must be an object, { … }, but is \(json.inWords)")
    }
  }

  /// Declares an object inside this one.
  package func section<Value>(_ key: String, _ meaning: String, _ declare: (Section) -> Value) -> Value {
    let section = Section(reader, path: path.appending(key: key), written(key), inside: self)
    let value = declare(section)
    section.reportUnknownKeys()
    let isRequired = section.fields.contains { $0.presence == .required }
    fields.append(
      Field(
        key: key, kind: .object(section.fields), presence: isRequired ? .required : .optional,
        meaning: meaning))
    resolved.append(JSON.Member(key: key, value: JSON(.object(section.resolved))))
    return value
  }

  /// Declares a list of objects, none by default, each of which `declare` reads.
  package func sections<Value>(
    _ key: String, atMost limit: Int, _ meaning: String, _ declare: (Section) -> Value
  ) -> [Value] {
    let table = Field.table(meaning, reading: nil) { _ = declare($0) }
    let standard = JSON(.list([]))
    let fieldPath = path.appending(key: key)
    fields.append(
      Field(
        key: key, kind: .list(of: table.kind, count: 0...limit), presence: .standard(standard),
        meaning: meaning))
    if isBroken { reader.distrust(fieldPath) }
    guard let json = written(key) else {
      resolved.append(JSON.Member(key: key, value: standard))
      return []
    }
    reader.note(fieldPath, at: json.place)
    guard case .list(let elements) = json.value, elements.count <= limit else {
      reader.report(
        fieldPath, at: json.place, "must be a list of up to \(limit) objects, but is \(json.inWords)")
      return []
    }
    let sections = elements.enumerated().map { place, element in
      Section(reader, path: "\(fieldPath)[\(place)]", element, inside: self)
    }
    let values = sections.map { section in
      defer { section.reportUnknownKeys() }
      return declare(section)
    }
    resolved.append(
      JSON.Member(key: key, value: JSON(.list(sections.map { JSON(.object($0.resolved)) }), at: json.place)))
    return values
  }

  /// Declares a field and gives its value: the written one, the default, or, when the recipe is refused
  /// anyway, a placeholder.
  package func value(_ key: String, _ kind: Kind, _ presence: Field.Presence, _ meaning: String) -> JSON {
    optionalValue(key, kind, presence, meaning) ?? kind.placeholder
  }

  /// Declares a field and gives its value, nil when there is none.
  package func optionalValue(_ key: String, _ kind: Kind, _ presence: Field.Presence, _ meaning: String)
    -> JSON?
  {
    let field = Field(key: key, kind: kind, presence: presence, meaning: meaning)
    let fieldPath = path.appending(key: key)
    fields.append(field)
    if isBroken { reader.distrust(fieldPath) }
    guard let json = written(key) else {
      if presence == .required, !isBroken {
        reader.report(
          fieldPath, at: place, "is missing; add \"\(key)\", \(kind.text): \(meaning.lowercasedFirst)")
      }
      if let standard = field.standard { resolved.append(JSON.Member(key: key, value: standard)) }
      return field.standard
    }
    reader.note(fieldPath, at: json.place)
    guard
      let value = kind.read(
        json, at: fieldPath, report: { reader.report($0.path, at: $0.json.place, $0.message) })
    else {
      reader.distrust(fieldPath)
      return field.standard
    }
    resolved.append(JSON.Member(key: key, value: value))
    return value
  }

  /// Declares a key that may be written but decides nothing, and is not kept.
  package func ignored(_ key: String, _ kind: Kind, _ meaning: String) {
    let kept = resolved
    _ = optionalValue(key, kind, .optional, meaning)
    resolved = kept
  }

  /// Reports each written key that was not declared. To be called after the last declaration.
  package func reportUnknownKeys() {
    let known = fields.map(\.key)
    for member in members where !known.contains(member.key) {
      let unknown = path.appending(key: member.key)
      let remedy: String
      if let known = reader.knowledge?.remedy(unknown) {
        remedy = known
      } else if let near = Spelling.nearest(to: member.key, among: known) {
        remedy = "did you mean \(path.appending(key: near))?"
      } else if let elsewhere = reader.table?.place(of: member.key) {
        remedy = "did you mean \(elsewhere)?"
      } else {
        remedy =
          "the keys \(path.isEmpty ? "of a recipe" : "of \(path)") are \(known.joined(separator: ", "))"
      }
      reader.report(unknown, at: member.place, sentence: "unknown key \(unknown), \(remedy)")
    }
  }

  /// Whether a key of this object is in the file or in a `--set`, and not left to its default.
  package func isWritten(_ key: String) -> Bool { reader.isWritten(path.appending(key: key)) }

  private func written(_ key: String) -> JSON? { members.first { $0.key == key }?.value }
}

extension String {
  fileprivate var lowercasedFirst: String { prefix(1).lowercased() + dropFirst() }
}
