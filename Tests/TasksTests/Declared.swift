import Fields

/// What a declaration reads from a text, or what is said about it, a line a problem.
func declared<Value>(_ text: String, _ declare: (Section) -> Value) throws -> (
  value: Value?, complaints: [String]
) {
  do {
    let value = try Document.read(
      SourceText(name: "r.json", bytes: text.utf8), overrides: [],
      knowledge: Knowledge(table: { _ in Field.table("", reading: nil) { _ in } }, remedy: { _ in nil }),
      lift: { json, _ in json }
    ) { section in
      let value = declare(section)
      section.reportUnknownKeys()
      return value
    }
    return (value, [])
  } catch let errors as RecipeErrors {
    return (nil, errors.problems.map(\.description))
  }
}
