import Evaluation

extension PromptFollowing {
  /// The counts for people.
  public var table: TextTable {
    let parts = [("colour", colour), ("shape", shape), ("motion", motion), ("all three", all)]
    return TextTable(
      columns: ["right", "clips", "of", "share", "95 % from", "to"],
      rows: parts.map { name, part in
        [
          name, "\(part.right)", "\(part.judged)", part.share.map(Figure.percent) ?? "–",
          part.judged == 0 ? "–" : Figure.percent(part.interval.lowerBound),
          part.judged == 0 ? "–" : Figure.percent(part.interval.upperBound),
        ]
      })
  }
}
