extension JSON {
  /// The value as JSON text, two spaces a level. The same value always gives the same text: members in their
  /// order, numbers with the fewest digits that read back to the same bits, short lists on one line.
  package var text: String {
    var text = ""
    write(to: &text, indentation: "")
    return text
  }

  private func write(to text: inout String, indentation: String) {
    let inner = indentation + "  "
    switch value {
    case .null: text += "null"
    case .flag(let flag): text += flag ? "true" : "false"
    case .integer(let integer): text += String(integer)
    case .number(let number): text += "\(number)"
    case .string(let string): text += JSON.quoted(string)
    case .list(let elements):
      let isShort = elements.allSatisfy(\.isShort)
      text += isShort ? "[" : "[\n" + inner
      for (index, element) in elements.enumerated() {
        if index > 0 { text += isShort ? ", " : ",\n" + inner }
        element.write(to: &text, indentation: inner)
      }
      text += isShort ? "]" : "\n" + indentation + "]"
    case .object(let members):
      text += members.isEmpty ? "{" : "{\n" + inner
      for (index, member) in members.enumerated() {
        if index > 0 { text += ",\n" + inner }
        text += JSON.quoted(member.key) + ": "
        member.value.write(to: &text, indentation: inner)
      }
      text += members.isEmpty ? "}" : "\n" + indentation + "}"
    }
  }

  /// Whether a list of such values reads well on one line.
  private var isShort: Bool {
    switch value {
    case .null, .flag, .integer, .number: true
    case .string(let string): string.count <= 16
    case .list, .object: false
    }
  }

  /// A string in double quotes, with everything escaped that JSON does not allow inside.
  package static func quoted(_ string: String) -> String {
    var quoted = "\""
    for scalar in string.unicodeScalars {
      switch scalar {
      case "\"": quoted += "\\\""
      case "\\": quoted += "\\\\"
      case "\n": quoted += "\\n"
      case "\r": quoted += "\\r"
      case "\t": quoted += "\\t"
      case "\u{0}"..."\u{1F}", "\u{7F}":
        let digits = String(scalar.value, radix: 16)
        quoted += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: quoted.unicodeScalars.append(scalar)
      }
    }
    return quoted + "\""
  }
}
