import Manifests

/// How many clips of a manifest each class has.
struct ClassCounts {
  /// By the class's name.
  private(set) var clips: [String: Int] = [:]

  /// Counts the clips of a manifest.
  /// - Throws: `ClassesError` when clips have no class, or one that cannot be shown.
  init(_ manifest: Manifest, from source: LabelSource) throws(ClassesError) {
    var (unlabelled, first) = (0, [String]())
    for index in manifest.indices {
      guard let label = manifest.label(index, from: source) else {
        unlabelled += 1
        if first.count < ClassesError.shown { first.append(manifest[index].name) }
        continue
      }
      clips[label, default: 0] += 1
    }
    guard unlabelled == 0 else {
      throw .unlabelled(
        ClassesError.Unlabelled(
          manifest: manifest.path, source: source, count: unlabelled, of: manifest.count, first: first,
          others: unlabelled == manifest.count ? Self.sources(in: manifest, beside: source) : []))
    }
    let unprintable = names.filter { name in
      name.unicodeScalars.contains { $0.properties.generalCategory == .control }
    }
    guard unprintable.isEmpty else { throw .unprintable(manifest: manifest.path, source, unprintable) }
  }

  /// The classes in natural order.
  var names: [String] { clips.keys.sorted(by: NaturalOrder.precedes) }

  /// What else classes could be taken from: what the first clips have.
  private static func sources(in manifest: Manifest, beside source: LabelSource) -> [String] {
    var names: Set<String> = []
    for entry in manifest.prefix(100) {
      names.formUnion(entry.attributes.keys)
      if entry.label != nil { names.insert("\(LabelSource.label)") }
    }
    return names.subtracting(["\(source)"]).sorted(by: NaturalOrder.precedes)
  }
}
