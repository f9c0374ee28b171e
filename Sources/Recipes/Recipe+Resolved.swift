import Fields

extension Recipe {
  /// The whole recipe as JSON with every default filled in, in the order of the reference. Reading it back
  /// gives an equal recipe, and equal recipes give equal texts.
  public func resolvedJSON() -> String { resolved.text + "\n" }

  /// What this recipe asks of its model that a base's did not, a line a key as in `differences`: sizes that show in the
  /// weights' shapes are compared elsewhere, but what the weights mean hangs on other keys, too, and so does what clips they know.
  public func modelDifferences(from base: Recipe) -> [String] {
    let beginnings =
      ["tokenizer.", "textEncoder.", "model.", "objective."]
      + (takesAnyShape ? [] : ["frames", "height", "width"].map { "data.\($0): " })
    return differences(from: base).filter { line in beginnings.contains { line.hasPrefix($0) } }
  }

  /// What is not the same in an older recipe, a line a key: `model.width: 384 (was 256)`. `ignored` are paths
  /// of keys or whole sections that do not matter.
  public func differences(from other: Recipe, ignoring ignored: Set<String> = ["notes"]) -> [String] {
    if kind != other.kind { return ["task.kind: \(kind.rawValue) (was \(other.kind.rawValue))"] }
    // Keys may be absent on either side, but whoever has one has it in the order of the table.
    return Recipe.table(of: kind).leafPaths.compactMap { path in
      let steps = path.split(separator: ".").map(String.init)
      guard !steps.indices.contains(where: { ignored.contains(steps[...$0].joined(separator: ".")) }) else {
        return nil
      }
      let now = steps.reduce(resolved) { $0?[$1] }
      let before = steps.reduce(other.resolved) { $0?[$1] }
      return now == before ? nil : "\(path): \(now?.oneLine ?? "absent") (was \(before?.oneLine ?? "absent"))"
    }
  }
}
