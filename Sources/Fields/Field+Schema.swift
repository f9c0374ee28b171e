extension Field {
  /// The members of a JSON Schema for the value of this field.
  package var schema: [JSON.Member] {
    var members = [JSON.Member(key: "description", value: JSON(.string(meaning)))] + kind.schema
    if case .standard(let json) = presence { members.append(JSON.Member(key: "default", value: json)) }
    return members
  }
}

extension Kind {
  /// The members of a JSON Schema for values of this kind.
  fileprivate var schema: [JSON.Member] {
    func member(_ key: String, _ value: JSON) -> JSON.Member { JSON.Member(key: key, value: value) }
    func schema(of kind: Kind) -> JSON { JSON(.object(kind.schema)) }
    switch self {
    case .flag:
      return [member("type", "boolean")]
    case .integer(let range):
      return [
        member("type", "integer"), member("minimum", JSON(.integer(range.lowerBound))),
        member("maximum", JSON(.integer(range.upperBound))),
      ]
    case .number(let bounds):
      return [member("type", "number")] + bounds.schema
    case .string(let mayBeEmpty):
      return [member("type", "string")] + (mayBeEmpty ? [] : [member("minLength", JSON(.integer(1)))])
    case .choice(let names):
      return [member("enum", JSON(.list(names.map { JSON(.string($0)) })))]
    case .list(let kind, let count):
      return [
        member("type", "array"), member("items", schema(of: kind)),
        member("minItems", JSON(.integer(count.lowerBound))),
        member("maxItems", JSON(.integer(count.upperBound))),
      ]
    case .either(let first, or: let second):
      return [member("anyOf", JSON(.list([schema(of: first), schema(of: second)])))]
    case .map(let kind):
      return [member("type", "object"), member("additionalProperties", schema(of: kind))]
    case .object(let fields):
      let required = fields.filter { $0.presence == .required }.map { JSON(.string($0.key)) }
      return [
        member("type", "object"),
        member("properties", JSON(.object(fields.map { member($0.key, JSON(.object($0.schema))) }))),
        member("required", JSON(.list(required))), member("additionalProperties", JSON(.flag(false))),
      ]
    }
  }
}
