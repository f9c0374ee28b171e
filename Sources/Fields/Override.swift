/// One `--set key.path=value`.
package struct Override {
  /// What is wrong with it; the path is empty when it has none.
  package struct Mistake: Error {
    let path: String
    let message: String
  }

  /// Keys and indices from the root down: `samples.prompts[0]` is `["samples", "prompts", "0"]`.
  private let steps: [String]
  private let value: JSON
  private let place: Place

  /// Reads `a.b=JSON`, with lists by `a.b[0]` or `a.b.0`; a value that is no JSON is taken as a string, so
  /// that words need no quotes.
  package init(_ text: String) throws(Mistake) {
    let place = Place.setting(text)
    self.place = place
    guard let equals = text.firstIndex(of: "="), equals > text.startIndex else {
      throw Mistake(path: "", message: "write --set KEY=VALUE, for example --set training.steps=100")
    }
    let path = String(text[..<equals])
    guard let steps = Override.steps(in: path) else {
      throw Mistake(
        path: "",
        message: "\(path.shortened) is no path of a key; write it like training.steps or samples.prompts[0]")
    }
    self.steps = steps
    let word = String(text[text.index(after: equals)...])
    var parser = JSONParser(Array(word.utf8)) { _ in place }
    do {
      value = try parser.document()
    } catch {
      // A list, an object or a quoted string is meant as JSON; anything else that is none is a word.
      if let first = word.first, "[{\"".contains(first) {
        throw Mistake(
          path: path, message: "the value is no JSON, at its character \(error.offset + 1): \(error.message)")
      }
      value = JSON(.string(word), at: place)
    }
    if let (repeated, _) = parser.repeatedKeys.first {
      throw Mistake(path: path, message: "\(repeated) is in the value twice; keep one of the two")
    }
  }

  private static func steps(in path: String) -> [String]? {
    var steps: [String] = []
    for part in path.split(separator: ".", omittingEmptySubsequences: false) {
      let pieces = part.split(separator: "[", omittingEmptySubsequences: false)
      guard let key = pieces.first, !key.isEmpty, !key.contains("]") else { return nil }
      steps.append(String(key))
      for piece in pieces.dropFirst() {
        guard piece.hasSuffix("]"), Int(piece.dropLast()) != nil else { return nil }
        steps.append(String(piece.dropLast()))
      }
    }
    return steps
  }

  /// The recipe with this value in its place. Objects and lists on the way that the recipe leaves out are
  /// made, lists with their default values. Keys are not checked here: an unknown one is reported like any
  /// other, by its place.
  package func applied(to json: JSON, table: Field) throws(Mistake) -> JSON {
    try replaced(in: json, at: 0, table)
  }

  private func replaced(in json: JSON, at depth: Int, _ table: Field) throws(Mistake) -> JSON {
    guard depth < steps.count else { return value }
    var json = json
    switch json.value {
    case .object(var members):
      let index = members.firstIndex { $0.key == steps[depth] } ?? members.endIndex
      if index == members.endIndex {
        // The new member keeps the place of the object around it: what else is missing there is not this
        // override's fault.
        members.append(
          JSON.Member(
            key: steps[depth], place: place, value: leftOut(at: depth + 1, inside: json.place, table)))
      }
      members[index].value = try replaced(in: members[index].value, at: depth + 1, table)
      json.value = .object(members)
    case .list(var elements):
      guard let index = Int(steps[depth]), (0...elements.count).contains(index) else {
        throw Mistake(
          path: path(to: depth + 1),
          message:
            "no such place in the list \(path(to: depth)); it goes from 0 to \(elements.count), which appends"
        )
      }
      if index == elements.count { elements.append(leftOut(at: depth + 1, inside: json.place, table)) }
      elements[index] = try replaced(in: elements[index], at: depth + 1, table)
      json.value = .list(elements)
    default:
      throw Mistake(
        path: path(to: steps.count),
        message: "nothing can be set inside \(path(to: depth)), which is \(json.inWords)")
    }
    return json
  }

  /// What stands where the recipe says nothing: the default of a list, else an empty list or object to fill.
  private func leftOut(at depth: Int, inside place: Place?, _ table: Field) -> JSON {
    let field = table.field(at: steps[..<depth])
    switch field?.kind {
    case .list: return JSON(field?.standard?.value ?? .list([]), at: place)
    case .either(_, or: .list): return JSON(.list([]), at: place)
    default: return JSON(.object([]), at: place)
    }
  }

  private func path(to depth: Int) -> String {
    steps[..<depth].reduce("") { Int($1) == nil ? $0.appending(key: $1) : "\($0)[\($1)]" }
  }
}
