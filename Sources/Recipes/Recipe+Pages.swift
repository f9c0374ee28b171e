import Fields

extension Recipe {
  /// The reference of all keys as a Markdown page: those of every recipe, then those of each kind of task.
  public static func reference() -> String {
    let tables = TaskKind.allCases.map { ($0, table(of: $0).fields) }
    let shared = tables[0].1.filter { field in tables.allSatisfy { $0.1.contains(field) } }
    func page(_ fields: [Field], heading: String?) -> String {
      Field(key: "", kind: .object(fields), presence: .required, meaning: "").reference(heading: heading)
    }
    let kinds = tables.map { kind, fields in
      page(fields.filter { !shared.contains($0) }, heading: "\n# task.kind \"\(kind.rawValue)\"\n")
    }
    return """
      # Recipe reference

      This page is written from the table of fields that reads recipes; a test keeps it up to date.

      A recipe is one JSON file that decides a run. It inherits from nothing, and a key that is not listed here \
      is an error. The smallest recipe has `version`, `data.train`, `data.frames`, `data.height`, `data.width`, \
      `data.frameRate` and `training.steps`. Any value can be changed for one run with `--set`, for example \
      `--set training.steps=100` or `--set 'samples.prompts[0]=a red circle'`.

      Sections that every recipe has come first, then those of each kind of task, which `task.kind` names. Besides the \
      range of each value: a clip must divide into patches (`model.patch`) and have at most \
      1000000 tokens; `model.heads` must give each head an equal, even share of `model.width`, at least \
      6 values; `model.frequencyWidth` is even; a step has at most 65536 clips. `docs/recipe.schema.json` is the \
      same table as a JSON Schema, for editors.

      A recipe without `version` is of version 1 and is read all the same. Names have changed since: \
      \(RecipeVersion.changes).

      """ + page(shared, heading: nil) + kinds.joined()
  }

  /// A JSON Schema (draft 2020-12) of recipes, for editors: it accepts what this module accepts of version 2, but for the
  /// checks between fields. There is one closed alternative for each kind of task.
  public static func jsonSchema() -> String {
    let kinds = TaskKind.allCases.map { kind -> JSON in
      let title = JSON.Member(key: "title", value: JSON(.string(kind.rawValue)))
      return JSON(.object([title] + table(of: kind).naming(kind).schema))
    }
    return JSON(
      .object([
        JSON.Member(key: "$schema", value: "https://json-schema.org/draft/2020-12/schema"),
        JSON.Member(key: "title", value: "Recipe"),
        JSON.Member(key: "type", value: "object"),
        JSON.Member(key: "oneOf", value: JSON(.list(kinds))),
      ])
    ).text + "\n"
  }
}

extension Field {
  /// The fields of an object.
  var fields: [Field] { if case .object(let fields) = kind { fields } else { [] } }

  /// The table with `task.kind` fixed to one name, which all but the usual kind must write.
  fileprivate func naming(_ kind: TaskKind) -> Field {
    replacing("task") { task in
      task.replacing("kind") { field in
        let presence = kind == .textToVideo ? field.presence : .required
        return Field(
          key: field.key, kind: .choice([kind.rawValue]), presence: presence, meaning: field.meaning)
      }
    }
  }

  private func replacing(_ key: String, _ change: (Field) -> Field) -> Field {
    let fields = fields.map { $0.key == key ? change($0) : $0 }
    let presence =
      presence == .optional && fields.contains { $0.presence == .required } ? .required : presence
    return Field(key: self.key, kind: .object(fields), presence: presence, meaning: meaning)
  }
}
