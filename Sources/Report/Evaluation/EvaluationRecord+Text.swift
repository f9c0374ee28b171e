import Evaluation

extension EvaluationRecord {
  /// All that was measured, as plain text: models, clips, and the tables.
  public var text: String {
    let beside = base.map { " beside \($0.checkpoint)" } ?? ""
    let head = """
      \(model.checkpoint)\(beside)
      measured on \(manifest): \(provenance.words)
      """
    return
      ([head] + [caution.map { "caution: \($0)" }].compactMap { $0 } + tables.map(\.description)
      + [closestLine].compactMap { $0 }).joined(separator: "\n\n")
  }

  /// The sample that comes closest to a training clip.
  private var closestLine: String? {
    guard let nearest = model.nearest, let place = nearest.closest.first else { return nil }
    let match = nearest.matches[place]
    return "closest: \"\(match.sample)\" to \(match.clip), "
      + (match.isIdentical ? match.closeness : match.closeness + " dB")
  }
}
