extension Recipe {
  /// The reference of all keys as a Markdown page.
  public static func reference() -> String {
    """
    # Recipe reference

    This page is written from the table of fields in `Sources/Recipes`; a test keeps it up to date.

    A recipe is one JSON file that decides a run. It inherits from nothing, and a key that is not listed here \
    is an error. The smallest recipe has `data.train`, `data.frames`, `data.height`, `data.width`, \
    `data.frameRate` and `training.steps`. Any value can be changed for one run with `--set`, for example \
    `--set training.steps=100` or `--set 'samples.prompts[0]=a red circle'`.

    Besides the range of each value: a clip must divide into patches (`model.patch`) and have at most \
    \(tokenLimit) tokens; `model.heads` must give each head an equal, even share of `model.width`, at least \
    6 values; `model.frequencyWidth` is even; a step has at most 65536 clips. `docs/recipe.schema.json` is the \
    same table as a JSON Schema, for editors.

    """ + table.reference(path: "")
  }
}

extension Field {
  /// A heading and a table of the values in this object, then the objects in it, each in the same way.
  fileprivate func reference(path: String) -> String {
    guard case .object(let fields) = kind else { return "" }
    var text = path.isEmpty ? "" : "\n## \(path)\n\n\(meaning)\n"
    text += "\n| key | value | default | meaning |\n|---|---|---|---|\n"
    var inner = ""
    for field in fields {
      let fieldPath = path.appending(key: field.key)
      if case .object = field.kind {
        inner += field.reference(path: fieldPath)
      } else {
        text += "| `\(fieldPath)` | \(field.kind.text) | \(field.standardInWords) | \(field.meaning) |\n"
      }
    }
    return text + inner
  }

  private var standardInWords: String {
    switch presence {
    case .required: "**required**"
    case .optional: "none"
    case .standard(let json): "`\(json.oneLine)`"
    case .derived(_, let source): source
    }
  }
}
