/// The gradient norms of the last steps that were learned from: what is usual for a run just now.
///
/// A norm far above their median tells of a batch that would throw the weights off (Chowdhery and others, "PaLM", 2022,
/// section 5.1, left such batches out). The median is not moved by a few such norms.
struct RecentNorms: Equatable {
  /// How many norms are kept, and how few tell nothing.
  static let most = 128, least = 32

  /// The oldest first.
  private(set) var norms: [Double] = []

  /// The usual norm; nil while too few are known.
  var median: Double? {
    norms.count < Self.least ? nil : norms.sorted()[norms.count / 2]
  }

  mutating func add(_ norm: Double) {
    norms.append(norm)
    if norms.count > Self.most { norms.removeFirst() }
  }
}

extension RecentNorms {
  /// As a checkpoint keeps them: numbers with spaces between.
  init?(_ text: String) {
    self.init()
    for word in text.split(separator: " ") {
      guard norms.count < Self.most, let norm = Double(word), norm.isFinite, norm >= 0 else { return nil }
      norms.append(norm)
    }
  }

  /// As a checkpoint keeps them.
  var text: String { norms.map { "\($0)" }.joined(separator: " ") }
}

/// The recent norms of each shape in a run of several, by the shapes' names: what is usual for pictures tells nothing of
/// clips.
struct ShapeNorms: Equatable {
  private(set) var byShape: [String: RecentNorms] = [:]

  /// The norms of a shape's last steps.
  subscript(shape: String) -> RecentNorms {
    get { byShape[shape] ?? RecentNorms() }
    set { byShape[shape] = newValue }
  }
}

extension ShapeNorms {
  /// As a checkpoint keeps them: a line a shape, its name before the numbers.
  init?(_ text: String) {
    self.init()
    for line in text.split(separator: "\n") {
      let parts = line.split(separator: " ", maxSplits: 1)
      guard let norms = RecentNorms(parts.count == 2 ? String(parts[1]) : "") else { return nil }
      byShape[String(parts[0])] = norms
    }
  }

  /// As a checkpoint keeps them.
  var text: String {
    byShape.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value.text)" }.joined(separator: "\n")
  }
}
