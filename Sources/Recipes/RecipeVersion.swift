import Fields

/// Brings recipes of older versions into the form of the newest one.
///
/// Version 1 (recipes that name no version) had one kind of task and other names for some keys.
enum RecipeVersion {
  /// Keys that have moved since version 1, and where they are now.
  private static let moves: KeyValuePairs = [
    "data.ahead": "data.prefetch",
    "optimizer.clipNorm": "optimizer.gradientClipNorm",
    "optimizer.warmup": "optimizer.warmupSteps",
    "optimizer.averageDecay": "optimizer.emaDecay",
    "training.batch": "training.batchSize",
    "training.accumulate": "training.gradientAccumulation",
    "training.recompute": "training.activationCheckpointing",
    "training.start": "start.from",
    "training.frozen": "start.frozen",
    "training.frozenPrecision": "start.frozenPrecision",
  ]

  /// What a key of version 1 is called now; nil if it has kept its name or never was.
  static func renamed(_ path: String) -> String? { moves.first { $0.key == path }?.value }

  /// All of it in words.
  static var changes: String {
    (moves.map { "`\($0.key)` is now `\($0.value)`" } + ["the prediction `clip` is now `x0`"]).joined(
      separator: ", ")
  }

  /// A recipe in the form of version 2; one that is of it already is given back as it is.
  static func lift(_ json: JSON, _ reader: RecipeReader) -> JSON {
    guard case .object = json.value else { return json }
    if let version = json["version"] {
      if case .integer(let number) = version.value, number > Recipe.version {
        reader.report(
          "version", at: version.place,
          "is \(number), which a newer version of this program writes; this one reads up to \(Recipe.version)"
        )
        return json.setting(JSON(.integer(Recipe.version)), at: ["version"])
      }
      guard version.value == .integer(1) else { return json }  // the table says what is wrong with others
    }
    var json = json
    for (old, new) in moves {
      let (from, to) = (path(old), path(new))
      guard let value = json.removing(from) else { continue }
      if json.value(at: to) != nil {
        reader.report(
          old, at: value.place, "is here beside \(new), its name since version 2; keep one of them")
      } else {
        json = json.setting(value, at: to)
      }
    }
    let prediction = path("objective.prediction")
    if let value = json.value(at: prediction), value == "clip" {
      json = json.setting(JSON(.string("x0"), at: value.place), at: prediction)
    }
    return json.setting(JSON(.integer(Recipe.version)), at: ["version"])
  }

  private static func path(_ text: String) -> [String] { text.split(separator: ".").map(String.init) }
}

extension JSON {
  /// The value at a path of keys.
  func value(at path: some Collection<String>) -> JSON? { path.reduce(self) { $0?[$1] } }

  /// The object with a value at a path; objects on the way are made.
  func setting(_ value: JSON, at path: some Collection<String>) -> JSON {
    guard let key = path.first else { return value }
    guard case .object(var members) = self.value else { return self }
    let index = members.firstIndex { $0.key == key } ?? members.endIndex
    if index == members.endIndex {
      members.append(Member(key: key, place: value.place, value: JSON(.object([]), at: value.place)))
    }
    members[index].value = members[index].value.setting(value, at: path.dropFirst())
    return JSON(.object(members), at: place)
  }

  /// Takes the member at a path out of the object.
  mutating func removing(_ path: some Collection<String>) -> JSON? {
    guard let key = path.first, case .object(var members) = value,
      let index = members.firstIndex(where: { $0.key == key })
    else { return nil }
    defer { value = .object(members) }
    if path.count == 1 { return members.remove(at: index).value }
    return members[index].value.removing(path.dropFirst())
  }
}
