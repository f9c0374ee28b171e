/// The values that a field takes.
package indirect enum Kind: Equatable, Sendable {
  case flag
  case integer(ClosedRange<Int>)
  case number(Bounds)
  case string(mayBeEmpty: Bool)
  case choice([String])
  case list(of: Kind, count: ClosedRange<Int>)
  case either(Kind, or: Kind)
  case object([Field])
  /// An object whose keys are the user's own.
  case map(of: Kind)

  /// What is wrong with a value: its path, the value itself, and a sentence without the path.
  package typealias Mismatch = (path: String, json: JSON, message: String)

  /// Brings a written value into its one form (`8.0` is the integer 8 where an integer is due), or reports
  /// what is wrong with it, in a list with each of its values, and returns nil. Objects are read by
  /// `Section`.
  package func read(_ json: JSON, at path: String, report: (Mismatch) -> Void) -> JSON? {
    switch (self, json.value) {
    case (.flag, .flag):
      return json
    case (.integer(let range), .integer(let integer)) where range.contains(integer):
      return json
    case (.integer(let range), .number(let number)):
      if let integer = Int(exactly: number), range.contains(integer) {
        return JSON(.integer(integer), at: json.place)
      }
    case (.number(let bounds), .integer(let integer)) where bounds.contains(Double(integer)):
      return JSON(.number(Double(integer)), at: json.place)
    case (.number(let bounds), .number(let number)) where bounds.contains(number):
      return json
    case (.string(let mayBeEmpty), .string(let string)) where mayBeEmpty || !string.isEmpty:
      return json
    case (.choice(let names), .string(let name)) where names.contains(name):
      return json
    case (.list(let kind, let count), .list(let elements)) where count.contains(elements.count):
      let read = elements.enumerated().map { kind.read($1, at: "\(path)[\($0)]", report: report) }
      return read.contains(nil) ? nil : JSON(.list(read.compactMap(\.self)), at: json.place)
    case (.map(let kind), .object(let members)):
      let read = members.map { kind.read($0.value, at: path.appending(key: $0.key), report: report) }
      guard !read.contains(nil) else { return nil }
      return JSON(
        .object(zip(members, read).map { JSON.Member(key: $0.key, place: $0.place, value: $1!) }),
        at: json.place)
    case (.either(_, or: let second), .list):
      return second.read(json, at: path, report: report)
    case (.either(let first, or: let second), _):
      if let read = first.read(json, at: path, report: { _ in })
        ?? second.read(json, at: path, report: { _ in })
      {
        return read
      }
    default: break
    }
    report((path, json, "must be \(text), but is \(json.inWords)\(remedy(for: json))"))
    return nil
  }

  /// Some value of this kind, to go on with where a good one is missing; the recipe is refused in the end.
  package var placeholder: JSON {
    switch self {
    case .flag: return JSON(.flag(false))
    case .integer(let range): return JSON(.integer(range.lowerBound))
    case .number(let bounds): return JSON(.number(bounds.middle))
    case .string: return "?"
    case .choice(let names): return JSON(.string(names[0]))
    case .list(let kind, let count):
      return JSON(.list(Array(repeating: kind.placeholder, count: count.lowerBound)))
    case .either(let first, or: _): return first.placeholder
    case .object, .map: return JSON(.object([]))
    }
  }

  /// The kind in words: `an integer from 1 to 1024`.
  package var text: String {
    switch self {
    case .flag: "true or false"
    case .integer(let range) where range.upperBound == .max: "an integer, at least \(range.lowerBound)"
    case .integer(let range) where range.count == 1: "\(range.lowerBound)"
    case .integer(let range): "an integer from \(range.lowerBound) to \(range.upperBound)"
    case .number(let bounds): "a number \(bounds.text)"
    case .string(let mayBeEmpty): mayBeEmpty ? "a string" : "a string that is not empty"
    case .choice(let names): names.map(JSON.quoted).joined(separator: " or ")
    case .list(of: .object, let count): "a list of up to \(count.upperBound) objects"
    case .list(let kind, let count):
      "a list of \(count.count == 1 ? "" : "up to ")\(count.upperBound) values, each \(kind.text)"
    case .either(let first, or: let second): "\(first.text), or \(second.text)"
    case .object: "an object, { … }"
    case .map(let kind): "an object of names, each with \(kind.text)"
    }
  }

  /// What to do about a value of the wrong kind, where that can be guessed.
  private func remedy(for json: JSON) -> String {
    switch (self, json.value) {
    case (_, .null):
      return "; leave the key out instead"
    case (.number(let bounds), .number(let number)) where bounds.includes(number):
      return "; in single precision, which models compute in, it is too small or rounded out of these bounds"
    case (.choice(let names), .string(let name)):
      return Spelling.nearest(to: name, among: names).map { "; did you mean \(JSON.quoted($0))?" } ?? ""
    case (.string, .integer), (.string, .number), (.string, .flag):
      return "; put it in double quotes"
    case (_, .string(let string)):
      var parser = JSONParser(Array(string.utf8)) { .file(offset: $0) }
      guard let inner = try? parser.document(), read(inner, at: "", report: { _ in }) != nil else {
        return ""
      }
      return "; write it without quotes"
    default:
      return ""
    }
  }
}
