import Manifests

extension ClassList {
  /// What is good to know of the clips of a run before it begins, in sentences.
  ///
  /// - Parameters:
  ///   - train: the clips to learn from, whose classes these are.
  ///   - validation: held-out clips, if there are any.
  /// - Throws: `ClassesError` when clips have no class, or held-out clips one that is not trained.
  public func notes(train: Manifest, validation: Manifest?, from source: LabelSource) throws(ClassesError)
    -> [String]
  {
    let trained = try ClassCounts(train, from: source)
    try check(trained, of: train, from: source)
    var notes = [
      Self.note(names.filter { trained.clips[$0] == 1 }, of: names.count) {
        "\($0) one training clip alone\(names.count == trained.clips.values.reduce(0, +) ? "; is \(quoted("\(source)")) a name of clips?" : "")"
      }
    ]
    if let validation {
      let held = try ClassCounts(validation, from: source)
      try check(held, of: validation, from: source)
      notes.append(
        Self.note(names.filter { held.clips[$0] == nil }, of: names.count) {
          "\($0) no held-out clip, so how well they are told is not measured"
        })
    }
    notes += [gaps, lookAlikes]
    return notes.compactMap(\.self)
  }

  private static func note(_ names: [String], of count: Int, _ sentence: (String) -> String) -> String? {
    guard !names.isEmpty else { return nil }
    let have = names.count == 1 ? "has" : "have"
    return sentence("\(names.count) of the \(count) classes \(have)") + ": \(listed(names))"
  }

  /// What is missing where classes are numbers.
  private var gaps: String? {
    let numbers = names.compactMap { Int($0) }.sorted()
    guard numbers.count == names.count, Set(numbers).count == numbers.count else { return nil }
    let (least, greatest) = (numbers[0], numbers[numbers.count - 1])
    let (span, overflow) = greatest.subtractingReportingOverflow(least)
    guard !overflow, span >= numbers.count else { return nil }
    let missing = zip(numbers, numbers.dropFirst()).lazy.flatMap { $0 + 1..<$1 }.map(String.init)
    return
      "classes are kept by name, not by number: \(numbers.count) numbers between \(least) and \(greatest), "
      + "\(span - numbers.count + 1) missing: \(listed(Array(missing.prefix(ClassesError.shown)), of: span - numbers.count + 1))"
  }

  /// Names that differ in nothing but case.
  private var lookAlikes: String? {
    let alike = Dictionary(grouping: names) { $0.lowercased() }.values.filter { $0.count > 1 }
      .sorted { NaturalOrder.precedes($0[0], $1[0]) }
    return alike.first.map {
      "\(listed($0)) are different classes, though their names differ only in case"
        + (alike.count > 1 ? "; and so are \(alike.count - 1) more" : "")
    }
  }
}
