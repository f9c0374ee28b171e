/// Reads one JSON text by a declaration of its keys.
package enum Document {
  /// Parses, lifts to the newest version, applies overrides, declares, and throws everything that is wrong at once.
  ///
  /// - Parameters:
  ///   - overrides: the texts after `--set`, for example `training.steps=100`, later ones winning.
  ///   - lift: brings a text of an older version into the newest one's form.
  ///   - declare: reads the whole object; what it reports is thrown.
  /// - Throws: `RecipeErrors`.
  package static func read<Value>(
    _ text: SourceText, overrides: [String], knowledge: Knowledge,
    lift: (JSON, RecipeReader) -> JSON, declare: (Section) -> Value
  ) throws -> Value {
    let reader = RecipeReader(text, knowledge)
    var parser = JSONParser(text.bytes) { .file(offset: $0) }
    var json: JSON
    do {
      json = try parser.document()
    } catch {
      reader.report("", at: .file(offset: error.offset), error.message)
      try reader.finish()
      throw error
    }
    for (path, place) in parser.repeatedKeys {
      reader.report(path, at: place, "is here a second time; keep one of the two")
    }
    json = lift(json, reader)
    for text in overrides {
      do {
        json = try Override(text).applied(to: json, table: knowledge.table(json))
      } catch {
        reader.report(error.path, at: .setting(text), error.message)
      }
    }
    reader.root = json
    let value = declare(Section(reader, json))
    try reader.finish()
    return value
  }
}

extension Field {
  /// The table of an object: what its declaration declares while it reads `json`, whatever is wrong with that.
  package static func table(_ meaning: String, reading json: JSON?, _ declare: (Section) -> Void) -> Field {
    let section = Section(RecipeReader(SourceText(name: "", bytes: [])), json)
    declare(section)
    return Field(key: "", kind: .object(section.fields), presence: .required, meaning: meaning)
  }
}
